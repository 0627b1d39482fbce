// enlace breakers and enlace top: what a running program's admin endpoint tells.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>

#include "cli/commands.hpp"
#include "cli/pretty_json.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"

namespace enlace::cli {

namespace {

constexpr const char* usual_endpoint = "http://127.0.0.1:9464";

struct admin_arguments {
  std::string url;
  std::string token;
  std::string service;
  std::string how;
  bool once = false;
};

void add_admin_options(CLI::App& command, admin_arguments& given) {
  command.add_option("url", given.url, "The endpoint; default $ENLACE_ADMIN, else " + std::string(usual_endpoint))
      ->option_text("[URL]");
  command.add_option("--token", given.token, "Its token, where it wants one; default $ENLACE_ADMIN_BEARER")
      ->option_text("TOKEN");
}

std::string endpoint_of(const admin_arguments& given) {
  const char* named = std::getenv("ENLACE_ADMIN");
  std::string url = !given.url.empty() ? given.url : named != nullptr ? named : usual_endpoint;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

request asked_of(const admin_arguments& given, std::string_view method, std::string_view target) {
  request made(method, endpoint_of(given) + std::string(target));
  const char* named = std::getenv("ENLACE_ADMIN_BEARER");
  const std::string token = !given.token.empty() ? given.token : named != nullptr ? named : "";
  if (!token.empty()) made.header("Authorization", "Bearer " + token);
  made.max_attempts(1);
  return made;
}

reply ask(request asked) {
  boost::asio::io_context loop(1);
  client caller(loop.get_executor());
  std::optional<reply> got;
  boost::asio::co_spawn(loop, caller.call(std::move(asked)), [&](const std::exception_ptr& broken, reply r) {
    if (broken) std::rethrow_exception(broken);
    got = std::move(r);
    loop.stop();
  });
  loop.run();
  return *std::move(got);
}

int complain(const admin_arguments& given, const error& why) {
  std::string text = "enlace: " + endpoint_of(given) + ": " + without_controls(why.message) + '\n';
  if (why.code == error_code::authentication_failed) text += "Give it by --token, or in $ENLACE_ADMIN_BEARER.\n";
  write_all(2, text);
  return 1;
}

std::string text_at(const json::value& from, std::string_view name) {
  const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  if (found == nullptr || found->is_null()) return "";
  return without_controls(found->is_string() ? std::string(found->get_string()) : json::serialize(*found));
}

double number_at(const json::value& from, std::string_view name) {
  const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

std::string rounded(double value, int digits, const char* unit = "") {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f%s", digits, value, unit);
  return text.data();
}

std::string_view shade_of(std::string_view state) {
  if (state == "closed" || state == "forced_closed") return colour::green;
  return state == "half_open" || state == "observe" ? colour::yellow : colour::red;
}

std::string breakers_table(const json::array& all) {
  text_table table({"SERVICE", "OPERATION", "STATE", "ATTEMPTS", "FAILED", "SLOW", "REJECTED", "OPENED", "RETRY IN"});
  for (const json::value& each : all) {
    const std::string state = text_at(each, "state");
    const bool waits = each.is_object() && each.get_object().if_contains("retry_after") != nullptr &&
                       each.at("retry_after").is_number();
    table.add({text_at(each, "service"), text_at(each, "operation"), state, text_at(each, "attempts"),
               text_at(each, "failures"), text_at(each, "slow"), text_at(each, "rejected"), text_at(each, "opened"),
               waits ? rounded(number_at(each, "retry_after"), 1, " s") : ""},
              shade_of(state));
  }
  return table.text(has_colours(1));
}

int breakers(const admin_arguments& given) {
  if (given.service.empty() != given.how.empty()) throw usage_error("--service and --set go together");
  if (!given.how.empty()) {
    const reply done =
        ask(asked_of(given, "POST", "/breakers?service=" + percent_encode(given.service) + "&how=" + given.how));
    if (!done.success()) return complain(given, done.error());
  }
  const reply got = ask(asked_of(given, "GET", "/breakers"));
  if (!got.success()) return complain(given, got.error());
  if (!got.data().is_array()) throw usage_error(endpoint_of(given) + " is no admin endpoint");
  write_all(1, is_terminal(1) ? breakers_table(got.data().get_array()) : json_for_output(got.data()));
  return 0;
}

/// Counts of a service at one moment, for the rates between two.
struct sample {
  double calls = 0;
  double failed = 0;
  double retries = 0;
};

sample sample_of(const json::value& service) {
  sample made;
  const json::value& calls = service.at("calls");
  made.failed = number_at(calls, "failure") + number_at(calls, "rejected") + number_at(calls, "timeout");
  // Where the request was wrong, the service has done its part.
  made.calls =
      number_at(calls, "success") + number_at(calls, "client_error") + made.failed + number_at(calls, "cancelled");
  made.retries = number_at(service, "retries");
  return made;
}

/// The table of `enlace top`, from what the endpoint says again and again.
class top_table {
 public:
  std::string text(const json::value& data) {
    const double now = number_at(data, "now");
    const double passed = before_ > 0 ? std::max(now - before_, 0.001) : 0;
    text_table table({"SERVICE", "BREAKER", "CALLS/S", "OK", "P50", "P90", "P99", "RETRIES/S", "BUDGET", "IN FLIGHT"});
    for (const json::value& each : data.at("services").as_array()) add(table, each, passed);
    before_ = now;
    const std::string version = text_at(data, "version");
    return text_at(data, "name") + (version == "0" ? "" : " " + version) + ", up " +
           rounded(number_at(data, "uptime_s"), 0, " s") +
           "; calls since the last look, percentiles of attempts in the last minute\n\n" + table.text(has_colours(1));
  }

 private:
  void add(text_table& table, const json::value& service, double passed) {
    const std::string name = text_at(service, "name");
    const sample here = sample_of(service);
    const sample there = std::exchange(seen_[name], here);
    const double calls = here.calls - there.calls;
    const double failed = here.failed - there.failed;
    std::string state = "closed";
    for (const json::value& each : service.at("breakers").as_array()) {
      if (text_at(each, "state") != "closed") state = text_at(each, "state");
    }
    const auto rate = [passed](double count) { return passed > 0 ? rounded(count / passed, 1) : std::string("-"); };
    const json::value& latency = service.at("latency_ms");
    table.add({name, state, rate(calls), calls > 0 ? rounded(100 * (calls - failed) / calls, 1, " %") : "-",
               rounded(number_at(latency, "p50"), 1, " ms"), rounded(number_at(latency, "p90"), 1, " ms"),
               rounded(number_at(latency, "p99"), 1, " ms"), rate(here.retries - there.retries),
               rounded(number_at(service, "budget"), 1), rounded(number_at(service, "in_flight"), 0)},
              shade_of(state));
  }

  double before_ = 0;
  std::map<std::string, sample> seen_;
};

boost::asio::awaitable<void> follow(stream& live, const admin_arguments& given, bool once, int& status) {
  constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";
  top_table table;
  for (const stream_event* event = co_await live.next(); event != nullptr; event = co_await live.next()) {
    const result<json::value> data = event->value();
    if (!data || !data->is_object()) continue;
    const std::string text = table.text(*data);
    write_all(1, once ? text : std::string(clear_screen) + text);
    status = 0;
    if (once) co_return;
  }
  status = complain(given, live.ending().error());
}

int top(const admin_arguments& given) {
  boost::asio::io_context loop(1);
  client caller(loop.get_executor());
  request asked = asked_of(given, "GET", "/events");
  asked.timeout(std::chrono::hours(24 * 365));
  stream live = caller.stream(std::move(asked));
  int status = 1;
  boost::asio::co_spawn(loop, follow(live, given, given.once || !is_terminal(1), status),
                        [&](const std::exception_ptr& broken) {
                          loop.stop();
                          if (broken) std::rethrow_exception(broken);
                        });
  loop.run();
  return status;
}

}  // namespace

void add_breakers(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("breakers", "Show a program's breakers, or lead one by hand");
  command->footer(
      "It asks the admin endpoint of a running program: a table on a terminal, else a JSON array.\n"
      "Exit status: 0 done, 1 the endpoint could not be asked or refused, 2 wrong usage.\n\n"
      "Example:\n"
      "  enlace breakers http://127.0.0.1:9464 --service rag --set force_open");
  auto given = std::make_shared<admin_arguments>();
  add_admin_options(*command, *given);
  command->add_option("--service", given->service, "The service whose breakers are to be led by hand")
      ->option_text("NAME");
  command->add_option("--set", given->how, "automatic, force_open, force_closed or observe")
      ->option_text("HOW")
      ->check(CLI::IsMember({"automatic", "force_open", "force_closed", "observe"}));
  command->callback([given, &chosen] { chosen = [given] { return breakers(*given); }; });
}

void add_top(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("top", "Watch a program's calls");
  command->footer(
      "A table of the services that a running program calls, once a second, from its admin endpoint; Ctrl-C ends it.\n"
      "Off a terminal it prints one table.\n\n"
      "Example:\n"
      "  enlace top http://127.0.0.1:9464");
  auto given = std::make_shared<admin_arguments>();
  add_admin_options(*command, *given);
  command->add_flag("--once", given->once, "One table, then end");
  command->callback([given, &chosen] { chosen = [given] { return top(*given); }; });
}

}  // namespace enlace::cli
