#include "telemetry/otlp_json.hpp"

#include <limits>
#include <string>
#include <vector>

#include <enlace/json.hpp>
#include <gtest/gtest.h>

#include "unit/telemetry/planted.hpp"

namespace enlace {
namespace {

const otlp_resource from{"shop", "1.2", "instance-1"};

json::value parsed(std::string_view text) {
  result<json::value> read = parse_json(text);
  EXPECT_TRUE(read) << text;
  return read ? std::move(*read) : json::value();
}

json::array spans_in(const std::string& text) {
  return parsed(text).at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array();
}

/// One metric, by itself in a request.
json::array metrics_of(const metric& one) {
  const std::string text = otlp_metrics(from, {one}, test::some_day, test::some_day + std::chrono::seconds(5));
  return parsed(text).at_pointer("/resourceMetrics/0/scopeMetrics/0/metrics").as_array();
}

metric metric_with(metric_kind kind, std::vector<metric_point> points) {
  metric made;
  made.name = "enlace.calls";
  made.unit = "{call}";
  made.help = "Calls.";
  made.kind = kind;
  made.points = std::move(points);
  return made;
}

metric_point point_of(double value) {
  metric_point made;
  made.value = value;
  return made;
}

TEST(OtlpJson, SaysWhoseItIs) {
  const json::value read = parsed(otlp_traces(from, {}));
  const json::array& attributes = read.at_pointer("/resourceSpans/0/resource/attributes").as_array();
  std::string seen;
  for (const json::value& each : attributes) {
    seen.append(each.at("key").as_string()).append("=").append(each.at_pointer("/value/stringValue").as_string());
    seen.append(";");
  }
  EXPECT_EQ(seen,
            "service.name=shop;service.version=1.2;service.instance.id=instance-1;telemetry.sdk.name=enlace;"
            "telemetry.sdk.language=cpp;");
  EXPECT_EQ(read.at_pointer("/resourceSpans/0/scopeSpans/0/scope/name"), "enlace");
  EXPECT_NE(otlp_traces(otlp_resource(), {}).find("unknown_service"), std::string::npos);
}

TEST(OtlpJson, WritesASpan) {
  span_record span;
  span.place = test::place_of(0x11, 0xab, 0x22);
  span.kind = span_kind::client;
  span.name = "POST";
  span.start_ns = 1'700'000'000'000'000'001;
  span.end_ns = 1'700'000'000'000'000'002;
  span.attributes.resize(2);
  span.attributes[0].key = "server.port";
  span.attributes[0].number = 8000;
  span.attributes[1].key = "server.address";
  span.attributes[1].text = "mod\"el\n";
  span.events.push_back({span.start_ns, "wait", "why not"});
  span.dropped_events = 3;
  span.link = test::place_of(0x44, 0x55);
  span.failed = true;
  span.message = "late";
  EXPECT_EQ(
      json::serialize(spans_in(otlp_traces(from, {&span, 1}))),
      R"([{"traceId":"11111111111111111111111111111111","spanId":"abababababababab","parentSpanId":"2222222222222222","flags":257,)"
      R"("name":"POST","kind":3,"startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000002",)"
      R"("attributes":[{"key":"server.port","value":{"intValue":"8000"}},)"
      R"({"key":"server.address","value":{"stringValue":"mod\"el\n"}}],)"
      R"("events":[{"timeUnixNano":"1700000000000000001","name":"wait",)"
      R"("attributes":[{"key":"enlace.why","value":{"stringValue":"why not"}}]}],"droppedEventsCount":3,)"
      R"("links":[{"traceId":"44444444444444444444444444444444","spanId":"5555555555555555"}],)"
      R"("status":{"code":2,"message":"late"}}])");
}

TEST(OtlpJson, LeavesOutWhatNoReceiverTakes) {
  std::vector<span_record> spans(3);
  spans[1].place = test::place_of(1, 2);
  spans[1].start_ns = 10;
  spans[1].end_ns = 5;
  spans[1].link = span_place();
  const json::array written = spans_in(otlp_traces(from, spans));
  ASSERT_EQ(written.size(), 1U);
  const json::object& one = written[0].as_object();
  EXPECT_FALSE(one.contains("parentSpanId"));
  EXPECT_FALSE(one.contains("links"));
  EXPECT_FALSE(one.contains("status"));
  EXPECT_EQ(one.at("endTimeUnixNano"), "10");
  EXPECT_FALSE(one.at("name").as_string().empty());
}

TEST(OtlpJson, CountersAreMonotonicSums) {
  metric_point point = point_of(42);
  point.labels = {{"service", "model"}, {"server.port", "8000"}, {"http.response.status_code", "5xx"}};
  const json::array written = metrics_of(metric_with(metric_kind::counter, {point}));
  EXPECT_EQ(
      json::serialize(written),
      R"([{"name":"enlace.calls","description":"Calls.","unit":"{call}","sum":{"aggregationTemporality":2,"isMonotonic":true,)"
      R"("dataPoints":[{"attributes":[{"key":"enlace.service","value":{"stringValue":"model"}},)"
      R"({"key":"server.port","value":{"intValue":"8000"}},)"
      R"({"key":"http.response.status_code","value":{"stringValue":"5xx"}}],)"
      R"("startTimeUnixNano":"1700000000000000000","timeUnixNano":"1700000005000000000","asInt":"42"}]}}])");
}

TEST(OtlpJson, GaugesHaveNoTemporality) {
  const json::array written = metrics_of(metric_with(metric_kind::gauge, {point_of(0.5), point_of(1e300)}));
  const json::object& gauge = written.at(0).at("gauge").as_object();
  EXPECT_FALSE(gauge.contains("aggregationTemporality"));
  EXPECT_EQ(gauge.at("dataPoints").at(0).at("asDouble"), 0.5);
  EXPECT_EQ(gauge.at("dataPoints").at(1).at("asDouble"), 1e300);
}

TEST(OtlpJson, NothingThatIsNoNumberIsWritten) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(metrics_of(metric_with(metric_kind::gauge, {point_of(nan), point_of(-infinity)})).empty());
  EXPECT_TRUE(metrics_of(metric_with(metric_kind::counter, {point_of(infinity)})).empty());
  EXPECT_TRUE(metrics_of(metric_with(metric_kind::histogram, {point_of(1)})).empty());
  EXPECT_TRUE(metrics_of(metric_with(metric_kind::counter, {})).empty());
  EXPECT_EQ(metrics_of(metric_with(metric_kind::gauge, {point_of(nan), point_of(2)})).size(), 1U);
}

TEST(OtlpJson, BucketsAddUpToTheCount) {
  histogram durations;
  for (const int ms : {0, 1, 4, 6, 30, 800, 9'000, 20'000, 4'000'000}) {
    durations.record(std::chrono::milliseconds(ms));
  }
  durations.remember(std::chrono::milliseconds(30), test::place_of(0x11, 0x22), test::some_day);
  durations.remember(std::chrono::milliseconds(800), span_place(), test::some_day);
  metric_point point;
  point.distribution = durations.snapshot();
  metric one = metric_with(metric_kind::histogram, {point});
  one.unit = "s";
  const json::array written = metrics_of(one);
  const json::value& histogram = written.at(0).at("histogram");
  EXPECT_EQ(histogram.at("aggregationTemporality"), 2);
  const json::object& data = histogram.at("dataPoints").at(0).as_object();
  const json::array& bounds = data.at("explicitBounds").as_array();
  const json::array& counts = data.at("bucketCounts").as_array();
  ASSERT_EQ(bounds.size(), bounds_of(one).size());
  ASSERT_EQ(counts.size(), bounds.size() + 1);
  std::uint64_t sum = 0;
  for (const json::value& each : counts) sum += std::stoull(std::string(each.as_string()));
  EXPECT_EQ(data.at("count"), "9");
  EXPECT_EQ(sum, 9U);
  EXPECT_EQ(counts.at(0), "3");   // 0, 1 and 4 ms
  EXPECT_EQ(counts.at(14), "1");  // 20 s
  EXPECT_EQ(counts.back(), "1");  // 4,000 s
  ASSERT_EQ(data.at("exemplars").as_array().size(), 1U) << "that without a trace is left out";
  EXPECT_EQ(json::serialize(data.at("exemplars").at(0)),
            R"({"timeUnixNano":"1700000000000000000","asDouble":3E-2,"spanId":"2222222222222222",)"
            R"("traceId":"11111111111111111111111111111111"})");
}

TEST(OtlpJson, TheProcessBeganBeforeNow) { EXPECT_LT(process_start(), std::chrono::system_clock::now()); }

TEST(OtlpJson, ShowsNoSecrets) {
  const url target = url::parse(test::planted_url).value();
  call_event call = test::call_of(target);
  const error why(error_code::communication_error, std::string(test::planted_message));
  call.failed = &why;
  const std::vector<span_record> spans{span_of(test::attempt_of(target)), span_of(call)};
  const std::string text = otlp_traces(from, spans);
  ASSERT_EQ(spans_in(text).size(), 2U);
  test::expect_nothing_planted(text);
}

}  // namespace
}  // namespace enlace
