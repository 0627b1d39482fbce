// A real Prometheus on the gateway of example 6: every expression of docs/monitoring is one that it understands and has
// an answer to.
#include "support/prometheus.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include <enlace/admin.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"

namespace enlace::test {
namespace {

const std::string folder = ENLACE_SOURCE_DIR "/docs/monitoring/";
constexpr std::string_view trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";

std::string contents(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Replaces what must be there.
void replace(std::string& text, std::string_view what, std::string_view by) {
  std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("there is no " + std::string(what));
  for (; at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

/// What a tool says, when it is not content.
std::string complaint_of(std::vector<std::string> command) {
  process tool(command);
  return tool.wait() == 0 ? std::string() : tool.output() + tool.errors();
}

/// Example 6, with the addresses that it prints.
class gateway {
 public:
  gateway() : process_({ENLACE_GATEWAY, "--seconds", "60"}) {
    const std::regex said("Open (http://\\S+)/ in.*\n.*shown at http://(\\S+)/, and");
    std::smatch found;
    std::string text;
    process_.wait_until([&] { return std::regex_search(text = process_.output(), found, said); });
    url_ = found[1];
    admin_ = found[2];
  }
  /// "127.0.0.1:9464"
  [[nodiscard]] const std::string& admin() const noexcept { return admin_; }
  /// Asks the model, in a trace that is sampled, and how it is, which is no stream. True when it answered.
  [[nodiscard]] bool chat() {
    const reply status = caller_.call(get("http://" + admin_ + "/status"));
    if (!status.success()) return false;
    context caller;
    caller.traceparent("00-" + std::string(trace_id) + "-00f067aa0ba902b7-01");
    return caller_.call(post(url_ + "/chat").data(object("prompt", "Is it calm?")).context(std::move(caller)))
        .success();
  }

 private:
  process process_;
  std::string url_, admin_;
  loop_client caller_;
};

/// An endpoint that wants a token, on a thread of its own.
class locked_endpoint {
 public:
  locked_endpoint() : caller_(loop_.get_executor()), admin_(loop_.get_executor(), caller_, with_token()) {
    address_ = admin_.url().substr(std::string_view("http://").size());
  }
  locked_endpoint(const locked_endpoint&) = delete;
  locked_endpoint& operator=(const locked_endpoint&) = delete;
  ~locked_endpoint() {
    loop_.stop();
    thread_.join();
  }
  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  static admin_options with_token() {
    admin_options how;
    how.token = "s3cret";
    return how;
  }

  boost::asio::io_context loop_{1};
  client caller_;
  admin_endpoint admin_;
  std::string address_;
  std::thread thread_{[this] { loop_.run(); }};
};

/// The configuration that we advise, on these endpoints and in a hurry.
std::string configuration(const std::string& open, const std::string& locked) {
  std::string text = contents(folder + "prometheus.yml");
  replace(text, "15s", "1s");
  replace(text, "127.0.0.1:9464", open);
  replace(text, "alerts.yml", folder + "alerts.yml");
  return text + "  - job_name: locked\n    static_configs: [{targets: [\"" + locked +
         "\"]}]\n    authorization: {type: Bearer, credentials: s3cret}\n";
}

/// A panel's expression for all services.
std::string filled_in(std::string expression) {
  expression = std::regex_replace(expression, std::regex("\\$(job|service)\\b"), ".*");
  expression = std::regex_replace(expression, std::regex("\\$__rate_interval"), "30s");
  EXPECT_EQ(expression.find('$'), std::string::npos) << expression;
  return expression;
}

void expect_a_number(prometheus& asked, const std::string& expression) {
  const json::array series = asked.query(expression);
  EXPECT_FALSE(series.empty()) << expression;
  for (const json::value& each : series) {
    const std::string number(each.at("value").at(1).as_string());
    EXPECT_TRUE(std::isfinite(std::strtod(number.c_str(), nullptr))) << number << ": " << expression;
  }
}

/// All panels show something once calls were made.
void expect_panels_to_show(prometheus& asked) {
  const json::value board = parse_json(contents(folder + "grafana-dashboard.json")).value();
  std::size_t tried = 0;
  for (const json::value& panel : board.at("panels").as_array()) {
    if (panel.at("type") == "row") continue;
    SCOPED_TRACE(std::string(panel.at("title").as_string()));
    for (const json::value& target : panel.at("targets").as_array()) {
      expect_a_number(asked, filled_in(std::string(target.at("expr").as_string())));
      ++tried;
    }
  }
  EXPECT_GE(tried, 20U);
  const std::regex values("label_values\\((.*), (\\w+)\\)");
  for (const json::value& variable : board.at("templating").at("list").as_array()) {
    if (variable.at("type") != "query") continue;
    std::smatch found;
    const std::string wanted(variable.at("definition").as_string());
    ASSERT_TRUE(std::regex_match(wanted, found, values)) << wanted;
    expect_a_number(asked, filled_in("count by (" + found[2].str() + ") (" + found[1].str() + ")"));
  }
}

/// Every rule can be worked out, and none finds anything wrong with a gateway that is well.
void expect_rules_to_work(prometheus& asked) {
  const auto rules = [&] {
    json::array all;
    const json::value told = asked.ask("/api/v1/rules");
    for (const json::value& group : told.at("groups").as_array()) {
      for (const json::value& rule : group.at("rules").as_array()) all.push_back(rule);
    }
    return all;
  };
  EXPECT_TRUE(eventually([&] {
    for (const json::value& rule : rules()) {
      if (rule.at("health") == "unknown") return false;
    }
    return true;
  }));
  const json::array all = rules();
  EXPECT_EQ(all.size(), 19U);
  for (const json::value& rule : all) {
    EXPECT_EQ(rule.at("health"), "ok") << json::serialize(rule);
    EXPECT_NO_THROW((void)asked.query(rule.at("query").as_string()));
  }
  const std::string recorded = "job_service:enlace_bad_calls:share5m";
  EXPECT_TRUE(eventually([&] { return !asked.query(recorded).empty(); }));
  expect_a_number(asked, recorded);
  EXPECT_EQ(asked.query("ALERTS"), json::array());
}

void expect_sound_scrapes(prometheus& asked) {
  const json::array targets = asked.ask("/api/v1/targets").at("activeTargets").as_array();
  EXPECT_EQ(targets.size(), 2U);
  for (const json::value& each : targets) {
    EXPECT_EQ(each.at("health"), "up") << json::serialize(each);
    EXPECT_EQ(each.at("lastError"), "");
  }
  EXPECT_EQ(asked.errors(), "");
}

/// They come by OpenMetrics alone.
void expect_exemplars(prometheus& asked) {
  for (const char* name : {"enlace_stream_duration_seconds_bucket", "http_client_request_duration_seconds_bucket"}) {
    const json::value found = asked.ask("/api/v1/query_exemplars", object("query", name, "start", 0, "end", 1e11));
    ASSERT_FALSE(found.as_array().empty()) << name;
    const json::value& first = found.at(0).at("exemplars").at(0);
    EXPECT_EQ(first.at("labels").at("trace_id").as_string(), trace_id);
  }
}

class Monitoring : public testing::Test {
 protected:
  void SetUp() override {
    if (!prometheus::available()) GTEST_SKIP() << "Prometheus is not installed; scripts/setup does it";
  }
};

TEST_F(Monitoring, FilesAreSound) {
  EXPECT_EQ(complaint_of({prometheus::tool(), "check", "config", folder + "prometheus.yml"}), "");
  EXPECT_EQ(complaint_of({prometheus::tool(), "check", "rules", folder + "alerts.yml"}), "");
}

TEST_F(Monitoring, EachAlertFiresAndStaysSilent) {
  EXPECT_EQ(complaint_of({prometheus::tool(), "test", "rules", folder + "alerts_test.yml"}), "");
}

TEST_F(Monitoring, PrometheusAnswersEveryExpression) {
  gateway watched;
  const locked_endpoint locked;
  ASSERT_TRUE(watched.chat());
  prometheus asked(configuration(watched.admin(), locked.address()));
  ASSERT_TRUE(eventually([&] {
    return !asked.query("enlace_stream_duration_seconds_count").empty() && asked.query("up == 1").size() == 2;
  })) << asked.errors();
  // A counter has grown when it was seen before and after.
  ASSERT_TRUE(watched.chat());
  ASSERT_TRUE(
      eventually([&] { return !asked.query("increase(enlace_stream_duration_seconds_count[30s]) > 0").empty(); }));
  expect_sound_scrapes(asked);
  expect_panels_to_show(asked);
  expect_rules_to_work(asked);
  expect_exemplars(asked);
}

}  // namespace
}  // namespace enlace::test
