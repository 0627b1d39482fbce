// The W3C's own tests of trace-context (w3c/trace-context test/test.py), restated as data: what comes in, and what must
// hold of what a service sends onward. Played through the inbound and the outbound half of context.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "conformance/cases.hpp"
#include "context/call_context.hpp"
#include "context/inbound_context.hpp"

namespace enlace {
namespace {

namespace json = boost::json;

struct onward {
  std::string trace_id;
  std::string parent_id;
  unsigned flags = 0;
  std::vector<std::string> members;

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

/// What a service with these headers in sends with one call.
onward send_onward(const json::value& request, random_source& random) {
  headers in;
  for (const json::value& field : request.at("headers").as_array()) {
    in.add(text_of(field.at(0)), text_of(field.at(1)));
  }
  const result<context> inbound = context_from_headers(in);
  onward sent;
  EXPECT_TRUE(inbound);
  if (!inbound) return sent;
  const headers none;
  const context ids;
  const call_context call(none, ids, &*inbound);
  const trace_context span = call.parent() ? call.parent()->child(random) : trace_context::make_root(random, false);
  std::array<char, trace_context::text_size> text{};
  EXPECT_TRUE(trace_context::parse(span.format(text)));
  const std::string traceparent(span.format(text));
  sent.trace_id = traceparent.substr(3, 32);
  sent.parent_id = traceparent.substr(36, 16);
  sent.flags = span.flags;
  headers out;
  call.append_fields(out, audience::internal);
  sent.members = split(out.get("tracestate").value_or(""));
  return sent;
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
  random_source random(1);
  for (const json::value& one : file->at("cases").as_array()) {
    std::vector<calls> all;
    for (const json::value& request : one.at("requests").as_array()) {
      const json::value* count = request.as_object().if_contains("count");
      calls& sent = all.emplace_back();
      for (int i = 0; i < (count == nullptr ? 1 : count->to_number<int>()); ++i) {
        sent.push_back(send_onward(request, random));
      }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const json::value& rule : one.at("requests").at(i).at("expect").as_array()) {
        EXPECT_TRUE(holds(rule.as_array(), all[i], all)) << one.at("id") << " request " << i << ": " << rule;
      }
    }
  }
}

}  // namespace
}  // namespace enlace
