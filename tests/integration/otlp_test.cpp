// The exporter of spans and metrics against a collector in this process.
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <enlace/json.hpp>
#include <enlace/result.hpp>
#include <gtest/gtest.h>

#include "client/otlp_exporter.hpp"
#include "support/eventually.hpp"
#include "support/otlp_collector.hpp"
#include "unit/telemetry/planted.hpp"

namespace enlace {
namespace {

using test::eventually;
using test::otlp_collector;

/// For what must be done by then, on a machine that has much else to do.
constexpr duration plenty = std::chrono::seconds(10);

/// Sends as soon as there is something, and tries again at once.
otlp_options quick(const std::string& endpoint) {
  otlp_options made;
  made.endpoint = endpoint;
  made.service_name = "shop";
  made.interval = std::chrono::milliseconds(10);
  made.retry_base = std::chrono::milliseconds(1);
  made.gzip = true;
  return made;
}

/// Sends when a batch is full, or at the end.
otlp_options patient(const std::string& endpoint) {
  otlp_options made = quick(endpoint);
  made.interval = std::chrono::hours(1);
  return made;
}

std::size_t spans_in(const std::string& body) {
  const result<json::value> read = parse_json(body);
  EXPECT_TRUE(read) << body;
  return read ? read->at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array().size() : 0;
}

std::vector<metric> some_metrics() {
  metric made;
  made.name = "enlace.calls";
  made.unit = "{call}";
  made.points.emplace_back().value = 3;
  return {made};
}

std::uint64_t settled(const otlp_counts& counts) { return counts.exported + counts.dropped + counts.failed; }

class Otlp : public testing::Test {
 protected:
  void feed(otlp_exporter& to, int spans) {
    for (int i = 0; i < spans; ++i) to.on_attempt(test::attempt_of(target_));
  }
  otlp_collector collector_;
  url target_ = url::parse("http://model:8000/v1/chat").value();
};

TEST_F(Otlp, SpansArriveWithinTheInterval) {
  otlp_exporter exporter(quick(collector_.url()));
  exporter.on_call(test::call_of(target_));
  exporter.on_attempt(test::attempt_of(target_));
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported == 2; }));
  EXPECT_EQ(exporter.pending(), 0U);
  const otlp_collector::request got = collector_.requests().at(0);
  EXPECT_EQ(got.target, "/v1/traces");
  EXPECT_EQ(got.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(got.fields.get("Content-Encoding"), "gzip");
  EXPECT_NE(got.body.find(R"({"key":"service.name","value":{"stringValue":"shop"}})"), std::string::npos);
  for (const std::string_view none : {"traceparent", "tracestate", "baggage", "X-Request-ID", "X-Enlace-Timeout-Ms"}) {
    EXPECT_FALSE(got.fields.contains(none)) << none;
  }
}

TEST_F(Otlp, AFullBatchDoesNotWait) {
  otlp_options options = patient(collector_.url());
  options.batch_spans = 10;
  options.gzip = false;
  otlp_exporter exporter(options);
  feed(exporter, 10);
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported == 10; }));
  EXPECT_FALSE(collector_.requests().at(0).fields.contains("Content-Encoding"));
}

TEST_F(Otlp, WhatDoesNotFillABatchWaitsForItsTime) {
  otlp_options options = patient(collector_.url());
  options.batch_spans = 10;
  otlp_exporter exporter(options);
  feed(exporter, 25);
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported == 20; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(exporter.pending(), 5U);
  EXPECT_EQ(collector_.count(), 2U);
  exporter.shutdown(plenty);
  EXPECT_EQ(exporter.counts().exported, 25U);
}

TEST_F(Otlp, WhatIsNotSampledIsNotKept) {
  otlp_exporter exporter(patient(collector_.url()));
  attempt_event attempt = test::attempt_of(target_);
  attempt.place.sampled = false;
  call_event call = test::call_of(target_);
  call.place.sampled = false;
  exporter.on_attempt(attempt);
  exporter.on_call(call);
  EXPECT_EQ(exporter.pending(), 0U);
  exporter.shutdown(plenty);
  EXPECT_EQ(collector_.count(), 0U);
}

TEST_F(Otlp, RetriesWhatMayPass) {
  collector_.script({{.status = 503}, {.drop = true}, {.status = 429}, {.status = 502}, {.status = 504}});
  otlp_options options = patient(collector_.url());
  options.attempts = 6;
  options.batch_spans = 5;
  otlp_exporter exporter(options);
  feed(exporter, 5);
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported == 5; }));
  const std::vector<otlp_collector::request> got = collector_.requests();
  ASSERT_EQ(got.size(), 6U);
  for (const otlp_collector::request& each : got) EXPECT_EQ(each.body, got[0].body);
  EXPECT_EQ(exporter.counts().failed, 0U);
}

TEST_F(Otlp, DoesNotRetryWhatWillNotPass) {
  for (const int status : {400, 401, 404, 413, 500, 501, 307}) {
    const std::size_t before = collector_.count();
    collector_.script({{.status = status}});
    otlp_exporter exporter(patient(collector_.url()));
    feed(exporter, 3);
    exporter.shutdown(plenty);
    EXPECT_EQ(collector_.count() - before, 1U) << status;
    EXPECT_EQ(exporter.counts().failed, 3U) << status;
    EXPECT_EQ(exporter.counts().exported, 0U) << status;
  }
}

TEST_F(Otlp, GivesUpAfterItsAttempts) {
  collector_.always({.status = 503});
  otlp_options options = quick(collector_.url());
  options.attempts = 3;
  otlp_exporter exporter(options);
  feed(exporter, 1);
  ASSERT_TRUE(eventually([&] { return exporter.counts().failed == 1; }));
  EXPECT_EQ(collector_.count(), 3U);
  EXPECT_EQ(exporter.pending(), 0U);
}

TEST_F(Otlp, WaitsAsLongAsItIsAsked) {
  collector_.script({{.status = 503, .retry_after = "1"}});
  otlp_exporter exporter(quick(collector_.url()));
  feed(exporter, 1);
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported == 1; }));
  const std::vector<otlp_collector::request> got = collector_.requests();
  EXPECT_GE(got.at(1).at - got.at(0).at, std::chrono::milliseconds(990));
}

TEST_F(Otlp, ButNotForEver) {
  collector_.script({{.status = 503, .retry_after = "3600"}});
  otlp_options options = quick(collector_.url());
  options.retry_most = std::chrono::milliseconds(5);
  otlp_exporter exporter(options);
  feed(exporter, 1);
  EXPECT_TRUE(eventually([&] { return exporter.counts().exported == 1; }));
}

TEST_F(Otlp, CountsWhatTheCollectorRejects) {
  collector_.script({{.body = R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})"}});
  otlp_exporter exporter(patient(collector_.url()));
  feed(exporter, 5);
  exporter.shutdown(plenty);
  EXPECT_EQ(exporter.counts().exported, 3U);
  EXPECT_EQ(exporter.counts().failed, 2U);
}

TEST_F(Otlp, HoldsNoMoreThanItsBoundWhileTheCollectorHangs) {
  collector_.always({.hang = true});
  otlp_options options = patient(collector_.url());
  options.queue_spans = 64;
  options.batch_spans = 16;
  otlp_exporter exporter(options);
  feed(exporter, 64);
  ASSERT_TRUE(eventually([&] { return collector_.count() == 1; }));
  for (int i = 0; i < 100; ++i) {
    feed(exporter, 100);
    ASSERT_LE(exporter.pending(), 64U);
  }
  EXPECT_EQ(exporter.counts().dropped, 10'000U);
  const auto began = std::chrono::steady_clock::now();
  exporter.shutdown(std::chrono::milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_EQ(exporter.counts().failed, 64U);
  EXPECT_EQ(exporter.pending(), 0U);
}

TEST_F(Otlp, ACollectorThatTakesTooLongCostsOneBatch) {
  collector_.script({{.hang = true}});
  otlp_options options = patient(collector_.url());
  options.timeout = std::chrono::milliseconds(100);
  options.batch_spans = 4;
  otlp_exporter exporter(options);
  feed(exporter, 8);
  ASSERT_TRUE(eventually([&] { return settled(exporter.counts()) == 8; }));
  EXPECT_EQ(exporter.counts().exported, 4U);
  EXPECT_EQ(exporter.counts().failed, 4U);
}

TEST_F(Otlp, EverythingIsSentAtTheEnd) {
  otlp_counts counts;
  {
    otlp_exporter exporter(patient(collector_.url()), some_metrics);
    feed(exporter, 1000);
    exporter.shutdown(plenty);
    exporter.shutdown(plenty);
    feed(exporter, 1);
    counts = exporter.counts();
  }
  EXPECT_EQ(counts.exported, 1000U);
  EXPECT_EQ(counts.failed, 0U);
  EXPECT_EQ(counts.dropped, 1U) << "what comes after the end";
  EXPECT_EQ(counts.metrics_exported, 1U);
  std::size_t spans = 0;
  for (const otlp_collector::request& each : collector_.requests()) {
    if (each.target == "/v1/traces") spans += spans_in(each.body);
  }
  EXPECT_EQ(spans, 1000U);
}

TEST_F(Otlp, TheDestructorIsAnEndToo) {
  {
    feed(*std::make_unique<otlp_exporter>(patient(collector_.url())), 10);
  }
  EXPECT_EQ(collector_.count(), 1U);
}

TEST_F(Otlp, TheEndComesAlsoWhenTheCollectorIsGoneOrRefuses) {
  collector_.always({.status = 503, .retry_after = "60"});
  for (const std::string& endpoint : {collector_.url(), std::string("http://127.0.0.1:1")}) {
    otlp_options options = quick(endpoint);
    options.retry_base = std::chrono::seconds(60);
    options.retry_most = std::chrono::seconds(60);
    otlp_exporter exporter(options, some_metrics);
    feed(exporter, 10);
    const auto began = std::chrono::steady_clock::now();
    exporter.shutdown(std::chrono::milliseconds(200));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    EXPECT_EQ(exporter.counts().failed, 10U);
    EXPECT_EQ(exporter.pending(), 0U);
  }
}

TEST_F(Otlp, NoTimeAtTheEndMeansNone) {
  otlp_exporter exporter(patient(collector_.url()), some_metrics);
  feed(exporter, 10);
  exporter.shutdown(duration::zero());
  EXPECT_EQ(settled(exporter.counts()), 10U);
  EXPECT_EQ(exporter.pending(), 0U);
}

TEST_F(Otlp, MetricsAreSentAgainAndAgain) {
  otlp_exporter exporter(quick(collector_.url()), some_metrics);
  ASSERT_TRUE(eventually([&] { return exporter.counts().metrics_exported >= 3; }));
  const otlp_collector::request got = collector_.requests().at(0);
  EXPECT_EQ(got.target, "/v1/metrics");
  EXPECT_NE(got.body.find(R"("asInt":"3")"), std::string::npos) << got.body;
}

TEST_F(Otlp, ASourceThatThrowsIsCountedAndAskedAgain) {
  std::atomic<int> asked{0};
  otlp_exporter exporter(quick(collector_.url()), [&]() -> std::vector<metric> {
    if (++asked == 1) throw std::runtime_error("not yet");
    return some_metrics();
  });
  EXPECT_TRUE(eventually([&] { return exporter.counts().metrics_exported >= 1; }));
  EXPECT_EQ(exporter.counts().metrics_failed, 1U);
}

TEST_F(Otlp, SeveralLoopsMayTellAndNothingIsLostUncounted) {
  otlp_options options = quick(collector_.url());
  options.queue_spans = 256;
  options.batch_spans = 32;
  otlp_exporter exporter(options, some_metrics);
  std::vector<std::thread> loops;
  loops.reserve(4);
  for (int i = 0; i < 4; ++i) loops.emplace_back([&] { feed(exporter, 500); });
  ASSERT_TRUE(eventually([&] { return exporter.counts().exported > 0; }));
  exporter.shutdown(plenty);
  for (std::thread& each : loops) each.join();
  const otlp_counts counts = exporter.counts();
  EXPECT_EQ(settled(counts), 2000U);
  EXPECT_EQ(counts.failed, 0U);
  EXPECT_EQ(exporter.pending(), 0U);
}

TEST_F(Otlp, NoSecretLeavesTheProcessInAUrl) {
  otlp_exporter exporter(patient(collector_.url()));
  const url target = url::parse(test::planted_url).value();
  const error why(error_code::communication_error, std::string(test::planted_message));
  call_event call = test::call_of(target);
  call.failed = &why;
  exporter.on_call(call);
  exporter.on_attempt(test::attempt_of(target));
  exporter.shutdown(plenty);
  const otlp_collector::request got = collector_.requests().at(0);
  EXPECT_EQ(spans_in(got.body), 2U);
  test::expect_nothing_planted(got.body);
}

TEST_F(Otlp, TheCollectorsOwnSecretsGoIntoHeaders) {
  std::string endpoint = collector_.url();
  endpoint.insert(std::string_view("http://").size(), "me:secret@");
  otlp_options options = patient(endpoint + "/otlp/?x=1");
  options.headers = {{"X-Api-Key", "abc"}};
  otlp_exporter exporter(options);
  feed(exporter, 1);
  exporter.shutdown(plenty);
  const otlp_collector::request got = collector_.requests().at(0);
  EXPECT_EQ(got.target, "/otlp/v1/traces?x=1");
  EXPECT_EQ(got.fields.get("Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(got.fields.get("X-Api-Key"), "abc");
}

TEST_F(Otlp, RefusesOptionsThatCanNotWork) {
  const auto refused = [&](auto change) {
    otlp_options options = quick(collector_.url());
    change(options);
    EXPECT_THROW(otlp_exporter exporter(options), failure);
  };
  refused([](otlp_options& o) { o.endpoint = "collector:4318"; });
  refused([](otlp_options& o) { o.endpoint = ""; });
  refused([](otlp_options& o) { o.interval = duration::zero(); });
  refused([](otlp_options& o) { o.timeout = duration::zero(); });
  refused([](otlp_options& o) { o.queue_spans = 0; });
  refused([](otlp_options& o) { o.batch_spans = 0; });
  refused([](otlp_options& o) { o.attempts = 0; });
  refused([](otlp_options& o) { o.headers = {{"a b", "c"}}; });
  refused([](otlp_options& o) { o.headers = {{"a", "c\r\nd: e"}}; });
}

}  // namespace
}  // namespace enlace
