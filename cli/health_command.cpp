// enlace health: how services say that they are.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>
#include <enlace/url.hpp>

#include "cli/commands.hpp"
#include "cli/pretty_json.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"
#include "config/duration_text.hpp"

namespace enlace::cli {

namespace {

constexpr const char* health_footer =
    "It asks URL/health of each, side by side: a table on a terminal, else a JSON array.\n"
    "Exit status: 0 none is unavailable, 1 one is, 2 wrong usage or configuration.\n\n"
    "Example:\n"
    "  enlace health http://embedding:8000 http://search:8000 --timeout 2s";

struct checked_service {
  std::string url;
  health_report report;
};

std::string service_name(const options& configuration, const std::string& text) {
  const result<url> parsed = url::parse(text);
  return parsed ? configuration.service_of(parsed->endpoint()) : text;
}

std::vector<checked_service> check_all(const options& configuration, const std::vector<std::string>& urls,
                                       duration timeout) {
  boost::asio::io_context loop(1);
  client caller(loop.get_executor(), configuration);
  std::vector<checked_service> services(urls.size());
  std::size_t open = urls.size();
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const result<url> parsed = url::parse(urls[i]);
    services[i].url = parsed ? parsed->redacted() : urls[i];
    auto done = [&, i](const std::exception_ptr& broken, std::optional<health_report> report) {
      if (broken) std::rethrow_exception(broken);
      services[i].report = *std::move(report);
      if (--open == 0) loop.stop();
    };
    auto check = [](client& with, std::string to, std::string name,
                    duration within) -> boost::asio::awaitable<std::optional<health_report>> {
      co_return co_await with.health(std::move(to), std::move(name), within);
    };
    boost::asio::co_spawn(loop, check(caller, urls[i], service_name(configuration, urls[i]), timeout), std::move(done));
  }
  loop.run();
  return services;
}

std::string_view shade_of(health_status status) {
  if (status == health_status::available) return colour::green;
  return status == health_status::degraded ? colour::yellow : colour::red;
}

std::string as_table(const std::vector<checked_service>& services) {
  text_table table({"SERVICE", "STATUS", "LATENCY", "URL", "WHY"});
  for (const checked_service& each : services) {
    std::array<char, 32> latency{};
    const double ms = std::chrono::duration<double, std::milli>(each.report.latency).count();
    std::snprintf(latency.data(), latency.size(), "%.1f ms", ms);
    table.add(
        {each.report.service, std::string(name_of(each.report.status)), latency.data(), each.url, each.report.why},
        shade_of(each.report.status));
  }
  return table.text(has_colours(1));
}

std::string as_json(const std::vector<checked_service>& services) {
  json::array list;
  for (const checked_service& each : services) {
    json::object one = each.report.to_json();
    one["url"] = each.url;
    list.emplace_back(std::move(one));
  }
  return json_for_output(list);
}

int health(const std::vector<std::string>& urls, duration timeout) {
  const result<options> configuration = options::load_default();
  if (!configuration) throw usage_error(configuration.error().message);
  const std::vector<checked_service> services = check_all(*configuration, urls, timeout);
  write_all(1, is_terminal(1) ? as_table(services) : as_json(services));
  for (const checked_service& each : services) {
    if (each.report.status == health_status::unavailable) return 1;
  }
  return 0;
}

struct health_arguments {
  std::vector<std::string> urls;
  duration timeout = std::chrono::seconds(5);
};

}  // namespace

void add_health(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("health", "Ask services how they are");
  command->footer(health_footer);
  auto given = std::make_shared<health_arguments>();
  command->add_option("urls", given->urls, "Services to ask")->option_text("URL...")->required();
  auto take_timeout = [given](const std::string& text) {
    const result<duration> value = parse_duration(text);
    if (!value) throw CLI::ValidationError("--timeout", value.error().message);
    if (*value <= duration::zero()) throw CLI::ValidationError("--timeout", "it must be more than zero");
    given->timeout = *value;
  };
  command->add_option_function<std::string>("--timeout", take_timeout, "For each of them; default 5s")
      ->option_text("TIME");
  command->callback([given, &chosen] { chosen = [given] { return health(given->urls, given->timeout); }; });
}

}  // namespace enlace::cli
