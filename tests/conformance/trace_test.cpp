// The W3C's own tests of trace-context (w3c/trace-context test/test.py), restated as data: what comes in, and what must
// hold of what a service sends onward. Played over sockets: a server of ours whose handler calls on with a client of
// ours.
#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <enlace/client.hpp>
#include <enlace/json.hpp>
#include <gtest/gtest.h>

#include "conformance/cases.hpp"
#include "context/trace_context.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

struct onward {
  std::string trace_id;
  std::string parent_id;
  unsigned flags = 0;
  std::vector<std::string> members;
  std::vector<std::string> baggage;

  [[nodiscard]] std::optional<std::string> member(const std::string& key) const {
    for (const std::string& member : members) {
      if (member.starts_with(key + "=")) return member.substr(key.size() + 1);
    }
    return std::nullopt;
  }
};

std::string text_of(const json::value& value) { return json::value_to<std::string>(value); }

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> members;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view member = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!member.empty() && (member.front() == ' ' || member.front() == '\t')) member.remove_prefix(1);
    while (!member.empty() && (member.back() == ' ' || member.back() == '\t')) member.remove_suffix(1);
    if (!member.empty()) members.emplace_back(member);
  }
  return members;
}

/// As the W3C's harness has it: a service that receives a list of URLs and of what to send there, and calls each of
/// them, here with a client of ours in the server's loop.
class middle_service {
 public:
  middle_service()
      : server_([this](const server_request& asked, responder& out) { return serve(asked, out); }),
        caller_(std::in_place, server_.loop().get_executor(), options()) {}
  middle_service(const middle_service&) = delete;
  middle_service& operator=(const middle_service&) = delete;
  ~middle_service() {
    server_.stop();
    caller_.reset();
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }

 private:
  boost::asio::awaitable<void> serve(const server_request& asked, responder& out) {
    const result<json::value> wanted = parse_json(asked.body());
    for (const json::value& each : wanted.value().as_array()) {
      request onward = post(text_of(each.at("url"))).data(each.at("arguments"));
      const reply answer = co_await caller_->call(std::move(onward));
      EXPECT_TRUE(answer.success()) << answer.error().message;
    }
    co_await out.send(200, "text/plain", "");
  }

  test::test_server server_;
  std::optional<client> caller_;
};

/// What came out at the other end.
class last_service {
 public:
  last_service() : server_([this](const server_request& asked, responder& out) { return keep(asked, out); }) {}
  [[nodiscard]] std::string url() const { return server_.url("/callback"); }
  /// Those since the last look.
  std::vector<headers> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(came_, {});
  }

 private:
  boost::asio::awaitable<void> keep(const server_request& asked, responder& out) {
    {
      const std::lock_guard lock(mutex_);
      came_.push_back(asked.headers());
    }
    const json::value nothing = json::array();
    co_await out.send_json(200, nothing);
  }

  std::mutex mutex_;
  std::vector<headers> came_;
  test::test_server server_;
};

onward read_onward(const headers& came) {
  onward sent;
  const std::string traceparent = came.joined("traceparent");
  const std::optional<trace_context> span = trace_context::parse(traceparent);
  EXPECT_TRUE(span) << traceparent;
  if (!span) return sent;
  sent.trace_id = traceparent.substr(3, 32);
  sent.parent_id = traceparent.substr(36, 16);
  sent.flags = span->flags;
  sent.members = split(came.get("tracestate").value_or(""));
  sent.baggage = split(came.joined("baggage"));
  return sent;
}

/// What a service with these headers in sends on, with each of its calls.
std::vector<onward> send_onward(const json::value& asked, const middle_service& middle, last_service& last) {
  const json::value* count = asked.as_object().if_contains("count");
  json::array wanted;
  for (int i = 0; i < (count == nullptr ? 1 : count->to_number<int>()); ++i) {
    wanted.push_back({{"url", last.url()}, {"arguments", json::array()}});
  }
  const std::string body = json::serialize(wanted);
  std::string text = "POST /test HTTP/1.1\r\nHost: middle\r\nContent-Type: application/json\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n";
  for (const json::value& field : asked.at("headers").as_array()) {
    text += text_of(field.at(0)) + ": " + text_of(field.at(1)) + "\r\n";
  }
  test::raw_client harness(middle.port());
  harness.send(text + "\r\n" + body);
  EXPECT_EQ(harness.read_answer("POST").status, 200) << asked;
  std::vector<onward> all;
  for (const headers& came : last.take()) all.push_back(read_onward(came));
  EXPECT_EQ(all.size(), wanted.size());
  return all;
}

std::string value_of(const onward& sent, const std::string& name) {
  if (name == "trace_id") return sent.trace_id;
  if (name == "parent_id") return sent.parent_id;
  if (name == "len(tracestate)") return std::to_string(sent.members.size());
  // tracestate[KEY]
  const std::size_t open = name.find('[');
  return sent.member(name.substr(open + 1, name.size() - open - 2)).value_or("(none)");
}

std::string plain(const json::value& value) { return value.is_string() ? text_of(value) : json::serialize(value); }

using calls = std::vector<onward>;

bool holds_for_one(const json::array& rule, const onward& sent) {
  const std::string kind = text_of(rule[0]);
  if (kind == "eq") return value_of(sent, text_of(rule[1])) == plain(rule[2]);
  if (kind == "ne") return value_of(sent, text_of(rule[1])) != plain(rule[2]);
  if (kind == "has") return sent.member(text_of(rule[1])).has_value();
  if (kind == "lacks") return !sent.member(text_of(rule[1])).has_value();
  if (kind == "flag_bit_set") return (sent.flags & rule[1].to_number<unsigned>()) != 0;
  if (kind == "all_eq") return value_of(sent, text_of(rule[1])) == plain(rule[2]);
  if (kind == "none_eq") return value_of(sent, text_of(rule[1])) != plain(rule[2]);
  if (kind == "tracestate_order") return sent.members == json::value_to<std::vector<std::string>>(rule[1]);
  if (kind == "tracestate_contains_any") {
    const auto any = json::value_to<std::vector<std::string>>(rule[1]);
    return std::ranges::any_of(any, [&sent](const std::string& member) {
      return std::ranges::find(sent.members, member) != sent.members.end();
    });
  }
  // "valid_traceparent" is checked for every call, "note" is for people.
  return kind == "valid_traceparent" || kind == "note";
}

bool holds(const json::array& rule, const calls& sent, const std::vector<calls>& all) {
  const std::string kind = text_of(rule[0]);
  if (kind == "distinct") {
    std::set<std::string> values;
    for (const onward& one : sent) values.insert(value_of(one, text_of(rule[1])));
    return values.size() == rule[2].to_number<std::size_t>();
  }
  if (kind == "same_tracestate_length_as_request") {
    return sent.front().members.size() == all.at(rule[1].to_number<std::size_t>()).front().members.size();
  }
  return std::ranges::all_of(sent, [&rule](const onward& one) { return holds_for_one(rule, one); });
}

TEST(TraceConformance, WhatComesInIsSentOnward) {
  const auto file = test::conformance_cases("trace/trace-context-cases.json");
  if (!file) GTEST_SKIP() << "no conformance cases on this machine";
  last_service last;
  const middle_service middle;
  for (const json::value& one : file->at("cases").as_array()) {
    std::vector<calls> all;
    for (const json::value& asked : one.at("requests").as_array()) all.push_back(send_onward(asked, middle, last));
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const json::value& rule : one.at("requests").at(i).at("expect").as_array()) {
        EXPECT_TRUE(holds(rule.as_array(), all[i], all)) << one.at("id") << " request " << i << ": " << rule;
      }
    }
  }
}

/// W3C Baggage, 3.3.2: everyone must be able to pass on 64 members and 8,192 bytes.
TEST(TraceConformance, BaggageGoesOnAsFarAsEveryReceiverTakesIt) {
  last_service last;
  const middle_service middle;
  json::array lines;
  std::vector<std::string> all;
  for (int i = 0; i < 70; ++i) {
    all.push_back("key" + std::to_string(i) + "=" + std::to_string(i));
    lines.push_back(json::array{"baggage", all.back()});
  }
  all.resize(64);
  EXPECT_EQ(send_onward({{"headers", lines}}, middle, last).at(0).baggage, all);
  const std::string large = "large=" + std::string(4000, 'x');
  const json::array three{json::array{"baggage", large + ",b=1"}, json::array{"Baggage", large},
                          json::array{"baggage", large}};
  EXPECT_EQ(send_onward({{"headers", three}}, middle, last).at(0).baggage,
            (std::vector<std::string>{large, "b=1", large}));
}

}  // namespace
}  // namespace enlace
