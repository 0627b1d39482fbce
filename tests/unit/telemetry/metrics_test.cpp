#include "telemetry/metrics.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "telemetry/prometheus_text.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

const url& somewhere() {
  static const url made = url::parse("http://rag:8000/find").value();
  return made;
}

attempt_event attempt_of(int status, duration elapsed = 10ms) {
  attempt_event over;
  over.method = "GET";
  over.target = &somewhere();
  over.status = status;
  over.elapsed = elapsed;
  return over;
}

std::string text_of(const metrics& of, exposition form = exposition::prometheus) {
  return prometheus_text(of.snapshot(), form);
}

::testing::AssertionResult has(const std::string& text, std::string_view line) {
  if (text.find(std::string(line) + '\n') != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "no line " << line << " in\n" << text;
}

TEST(Metrics, TellOutcomesApart) {
  metrics all;
  const auto rag = all.of("rag");
  service_metrics::latest seen;
  for (const int status : {200, 200, 503}) rag->attempt(attempt_of(status), seen);
  attempt_event refused = attempt_of(0);
  refused.failure = wire_failure::refused;
  rag->attempt(refused, seen);
  const std::string text = text_of(all);
  const std::string common =
      "{service=\"rag\",http_request_method=\"GET\",server_address=\"rag\",server_port=\"8000\",";
  const std::string name = "http_client_request_duration_seconds_count";
  EXPECT_TRUE(has(text, name + common + "http_response_status_code=\"200\"} 2"));
  EXPECT_TRUE(has(text, name + common + "http_response_status_code=\"503\",error_type=\"503\"} 1"));
  EXPECT_TRUE(has(text, name + common + "error_type=\"refused\"} 1"));
  EXPECT_TRUE(has(text, "# TYPE http_client_request_duration_seconds histogram"));
}

TEST(Metrics, StreamsAreNoLongCalls) {
  metrics all;
  call_event over;
  over.elapsed = 90s;
  over.attempts = 1;
  over.stream = true;
  over.first_event = 20ms;
  all.of("llm")->call(over);
  (void)all.of("rag");
  const std::string text = text_of(all);
  EXPECT_TRUE(has(text, "enlace_call_duration_seconds_count{service=\"llm\"} 0"));
  EXPECT_TRUE(has(text, "enlace_stream_duration_seconds_bucket{service=\"llm\",le=\"60\"} 0"));
  EXPECT_TRUE(has(text, "enlace_stream_duration_seconds_bucket{service=\"llm\",le=\"120\"} 1"));
  EXPECT_TRUE(has(text, "enlace_stream_first_event_duration_seconds_count{service=\"llm\"} 1"));
  EXPECT_EQ(text.find("enlace_stream_duration_seconds_count{service=\"rag\"}"), std::string::npos);
}

TEST(Metrics, HaveTheAdvisedBuckets) {
  metrics all;
  service_metrics::latest seen;
  all.of("rag")->attempt(attempt_of(200, 60ms), seen);
  const std::string text = text_of(all);
  EXPECT_NE(text.find("le=\"0.05\"} 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("le=\"0.075\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("le=\"+Inf\"} 1\n"), std::string::npos);
}

TEST(Metrics, CountCalls) {
  metrics all;
  const auto rag = all.of("rag");
  call_event over;
  over.attempts = 3;
  rag->call(over);
  const error failed(error_code::timeout_error, "late");
  over.failed = &failed;
  rag->call(over);
  const error rejected(error_code::service_unavailable, "open");
  over.failed = &rejected;
  over.attempts = 0;
  rag->call(over);
  over.attempts = 1;
  over.status = 404;
  rag->call(over);
  const std::string text = text_of(all);
  EXPECT_TRUE(has(text, "enlace_calls_total{service=\"rag\",outcome=\"success\"} 1"));
  EXPECT_TRUE(has(text, "enlace_calls_total{service=\"rag\",outcome=\"timeout\"} 1"));
  EXPECT_TRUE(has(text, "enlace_calls_total{service=\"rag\",outcome=\"rejected\"} 1"));
  EXPECT_TRUE(has(text, "enlace_calls_total{service=\"rag\",outcome=\"client_error\"} 1"));
  EXPECT_TRUE(has(text, "enlace_retries_total{service=\"rag\"} 4"));
}

TEST(Metrics, AreBounded) {
  metrics all;
  service_metrics::latest seen;
  const auto rag = all.of("rag");
  for (int status = 200; status < 600; ++status) rag->attempt(attempt_of(status), seen);
  EXPECT_EQ(rag->attempts().count, 400U);
  std::vector<metric> made;
  rag->append_to(made);
  EXPECT_LE(metric_named(made, "http.client.request.duration", "s", "", metric_kind::histogram).points.size(), 64U);
  for (int i = 0; i < 2000; ++i) (void)all.of("service-" + std::to_string(i));
  EXPECT_LE(all.all().size(), 513U);
  EXPECT_EQ(all.of("one-more")->name(), "other");
}

TEST(Metrics, OpenMetricsHasExemplarsAndAnEnd) {
  metrics all;
  service_metrics::latest seen;
  attempt_event over = attempt_of(200, 60ms);
  over.place.sampled = true;
  over.place.trace_id.fill(0xab);
  over.place.span_id.fill(0xcd);
  over.began = wall_time(1700000000s);
  all.of("rag")->attempt(over, seen);
  const std::string text = text_of(all, exposition::openmetrics);
  EXPECT_NE(text.find("le=\"0.075\"} 1 # {trace_id=\"abababababababababababababababab\",span_id=\"cdcdcdcdcdcdcdcd\"} "
                      "0.06 1700000000.060\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_NE(text.find("# TYPE enlace_calls counter\n"), std::string::npos);
  EXPECT_NE(text_of(all).find("# TYPE enlace_calls_total counter\n"), std::string::npos);
}

TEST(Metrics, NamesAndLabelsAreEscaped) {
  metrics all;
  (void)all.of("a\"b\\c\nd");
  EXPECT_NE(text_of(all).find("service=\"a\\\"b\\\\c\\nd\""), std::string::npos);
}

TEST(Metrics, AreCountedByAllThreads) {
  metrics all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&all, t] {
      const auto rag = all.of("rag");
      service_metrics::latest seen;
      for (int i = 0; i < 5000; ++i) rag->attempt(attempt_of(200 + (i + t) % 8), seen);
      (void)all.snapshot();
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(all.of("rag")->attempts().count, 20'000U);
}

TEST(Metrics, AScraperGetsWhatItAsksFor) {
  EXPECT_EQ(wanted_exposition("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"), exposition::openmetrics);
  EXPECT_EQ(wanted_exposition("text/plain"), exposition::prometheus);
  EXPECT_EQ(wanted_exposition(""), exposition::prometheus);
}

}  // namespace
}  // namespace enlace
