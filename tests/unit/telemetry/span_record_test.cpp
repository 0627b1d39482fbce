#include "telemetry/span_record.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <enlace/result.hpp>
#include <gtest/gtest.h>

#include "telemetry/safe_text.hpp"
#include "unit/telemetry/planted.hpp"

namespace enlace {
namespace {

using test::attempt_of;
using test::call_of;

/// The attribute's text or digits; "-" when it is not there.
std::string attribute(const span_record& of, std::string_view key) {
  std::string found = "-";
  for (const span_attribute& each : of.attributes) {
    if (each.key != key) continue;
    EXPECT_EQ(found, "-") << "twice: " << key;
    found = each.number ? std::to_string(*each.number) : each.text;
  }
  return found;
}

std::string all_text(const span_record& of) {
  std::string made = of.name + '\n' + of.message;
  for (const span_attribute& each : of.attributes) made += '\n' + each.text;
  for (const span_event& each : of.events) made += '\n' + each.name + '\n' + each.why;
  return made;
}

TEST(SpanRecord, AnAttemptIsAClientSpan) {
  const url target = url::parse("http://model:8000/v1/chat?model=small").value();
  const span_record made = span_of(attempt_of(target));
  EXPECT_EQ(made.kind, span_kind::client);
  EXPECT_EQ(made.name, "POST");
  EXPECT_EQ(made.start_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(made.end_ns - made.start_ns, 25'000'000);
  EXPECT_EQ(made.place.parent_id[0], 0x22);
  EXPECT_EQ(attribute(made, "http.request.method"), "POST");
  EXPECT_EQ(attribute(made, "server.address"), "model");
  EXPECT_EQ(attribute(made, "server.port"), "8000");
  EXPECT_EQ(attribute(made, "url.full"), "http://model:8000/v1/chat?model=small");
  EXPECT_EQ(attribute(made, "http.response.status_code"), "200");
  EXPECT_EQ(attribute(made, "network.protocol.version"), "1.1");
  EXPECT_EQ(attribute(made, "enlace.service"), "model");
  EXPECT_EQ(attribute(made, "enlace.operation"), "chat");
  EXPECT_EQ(attribute(made, "error.type"), "-");
  EXPECT_EQ(attribute(made, "http.request.resend_count"), "-");
  EXPECT_FALSE(made.failed);
}

TEST(SpanRecord, AFailedAttemptSaysWhy) {
  const url target = url::parse("http://model:8000/").value();
  attempt_event over = attempt_of(target);
  over.status = 503;
  over.number = 3;
  const span_record refused = span_of(over);
  EXPECT_TRUE(refused.failed);
  EXPECT_EQ(attribute(refused, "error.type"), "503");
  EXPECT_EQ(attribute(refused, "http.request.resend_count"), "2");

  over.status = 0;
  over.failure = wire_failure::timeout;
  const span_record late = span_of(over);
  EXPECT_TRUE(late.failed);
  EXPECT_EQ(attribute(late, "error.type"), "timeout");
  EXPECT_EQ(attribute(late, "http.response.status_code"), "-");
}

TEST(SpanRecord, AMethodThatTheConventionsDoNotListIsOther) {
  const url target = url::parse("http+unix://%2Frun%2Fmodel.sock/x").value();
  attempt_event over = attempt_of(target);
  over.method = "BREW";
  const span_record made = span_of(over);
  EXPECT_EQ(made.name, "HTTP");
  EXPECT_EQ(attribute(made, "http.request.method"), "_OTHER");
  EXPECT_EQ(attribute(made, "http.request.method_original"), "BREW");
  EXPECT_EQ(attribute(made, "server.address"), "/run/model.sock");
  EXPECT_EQ(attribute(made, "server.port"), "-");
}

TEST(SpanRecord, ACallIsASpanWithItsTrail) {
  const url target = url::parse("http://model:8000/").value();
  call_event over = call_of(target);
  over.attempts = 2;
  over.cached = cache_use::shared;
  over.shared_with = test::place_of(0x44, 0x55);
  const std::vector<trail_entry> trail{{std::chrono::milliseconds(5), "wait", "100ms before the next attempt"}};
  over.trail = trail;
  const span_record made = span_of(over);
  EXPECT_EQ(made.kind, span_kind::internal);
  EXPECT_EQ(made.name, "model chat");
  EXPECT_EQ(attribute(made, "enlace.attempts"), "2");
  EXPECT_EQ(attribute(made, "enlace.cached"), name_of(cache_use::shared));
  EXPECT_EQ(attribute(made, "enlace.breaker"), "closed");
  EXPECT_EQ(attribute(made, "enlace.stream.events"), "-");
  EXPECT_EQ(attribute(made, "error.type"), "-");
  ASSERT_EQ(made.events.size(), 1U);
  EXPECT_EQ(made.events[0].name, "wait");
  EXPECT_EQ(made.events[0].why, "100ms before the next attempt");
  EXPECT_EQ(made.events[0].at_ns - made.start_ns, 5'000'000);
  ASSERT_TRUE(made.link);
  EXPECT_EQ(made.link->span_id[0], 0x55);
  EXPECT_FALSE(made.failed);
}

TEST(SpanRecord, AFailedCallHasTheNameOfItsCode) {
  call_event over;
  over.service = "model";
  over.operation = "chat";
  over.stream = true;
  over.events = 7;
  error why(error_code::timeout_error, "no answer");
  why.upstream_code = "TOO_SLOW_TODAY";
  over.failed = &why;
  const span_record made = span_of(over);
  EXPECT_TRUE(made.failed);
  EXPECT_EQ(made.message, "no answer");
  EXPECT_EQ(attribute(made, "error.type"), "TIMEOUT_ERROR");
  EXPECT_EQ(attribute(made, "enlace.stream.events"), "7");
}

TEST(SpanRecord, KeepsNoSecrets) {
  const url target = url::parse(test::planted_url).value();
  attempt_event attempt = attempt_of(target);
  attempt.status = 500;
  test::expect_nothing_planted(all_text(span_of(attempt)));
  call_event call = call_of(target);
  const error why(error_code::communication_error, std::string(test::planted_message));
  call.failed = &why;
  const std::vector<trail_entry> trail{{duration(), "redirect", std::string(test::planted_url)}};
  call.trail = trail;
  const std::string text = all_text(span_of(call));
  test::expect_nothing_planted(text);
  EXPECT_NE(text.find("model=small"), std::string::npos) << text;
}

TEST(SpanRecord, IsBounded) {
  const url target = url::parse("http://model:8000/?q=" + std::string(100'000, 'x')).value();
  EXPECT_LT(all_text(span_of(attempt_of(target))).size(), 8'000U);
  call_event over = call_of(target);
  const error why(error_code::communication_error, std::string(1'000'000, '?'));
  over.failed = &why;
  const std::string service(100'000, 's');
  over.service = service;
  const std::vector<trail_entry> trail(1000, trail_entry{duration(), std::string(5000, 'a'), std::string(5000, 'b')});
  over.trail = trail;
  const span_record made = span_of(over);
  EXPECT_EQ(made.events.size() + made.dropped_events, 1000U);
  EXPECT_LT(all_text(made).size(), 32'000U);
}

TEST(SafeText, LeavesOrdinaryTextAlone) {
  for (const std::string_view text : {"connection refused", "is it well? yes & no", "x = y", "", "http://model:8000/v1",
                                      "see /docs?page=2&size=3 or <https://example.com/a?b=c>."}) {
    EXPECT_EQ(without_url_secrets(text), text);
  }
}

TEST(SafeText, TakesTheSecretsOutOfUrls) {
  EXPECT_EQ(without_url_secrets("at http://u:p@h/x?key=1&a=2."), "at http://h/x?key=REDACTED&a=2.");
  EXPECT_EQ(without_url_secrets("http://a/?x=1,http://u:p@w@h/?token=2"), "http://a/?x=1,http://h/?token=REDACTED");
  EXPECT_EQ(without_url_secrets("'redis://:pw@cache' \"/y?to%6ben=z\""), "'redis://cache' \"/y?to%6ben=REDACTED\"");
}

TEST(SafeText, WritesJsonStringsThatAnyoneCanRead) {
  const auto quoted = [](std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  };
  EXPECT_EQ(quoted("a\"b\\c\n\t\r"), R"("a\"b\\c\n\t\r")");
  EXPECT_EQ(quoted(std::string_view("\x00\x1b[2J\x7f", 6)), R"("\u0000\u001b[2J\u007f")");
  EXPECT_EQ(quoted("\xC2\x9B\xC2\xA0\xC3\xA9"), "\"\\u009b\xC2\xA0\xC3\xA9\"");
  EXPECT_EQ(quoted("\xFF"), "\"\xEF\xBF\xBD\"");
}

TEST(SafeText, FindsWhatMustBeEscapedWhereverItStands) {
  for (const std::string special : {"\"", "\\", "\x1F", "\x7F", "\xFF"}) {
    std::string alone;
    append_json_string(alone, special);
    for (std::size_t at = 0; at < 20; ++at) {
      const std::string before(at, '~');
      const std::string after(20 - at, ' ');
      std::string text;
      append_json_string(text, before + special + after);
      EXPECT_EQ(text, "\"" + before + alone.substr(1, alone.size() - 2) + after + "\"");
      text_buffer same;
      append_json_string(same, before + special + after);
      EXPECT_EQ(same.view(), text);
    }
  }
}

TEST(SafeText, AMessageIsOneCleanLineOfItsLimit) {
  EXPECT_EQ(safe_message("1: HTTP 200", 512), "1: HTTP 200");
  EXPECT_EQ(safe_message("say \"no\"", 5), "say \"");
  EXPECT_EQ(safe_message(std::string(40, 'a'), 16), std::string(16, 'a'));
  EXPECT_EQ(safe_message("a\nb\x1b", 16), "a b");
  EXPECT_EQ(safe_message("at /x?token=1", 64), "at /x?token=REDACTED");
}

TEST(TextBuffer, GrowsAndForgets) {
  text_buffer made;
  EXPECT_TRUE(made.empty());
  for (int i = 0; i < 1000; ++i) made.append("abc").append(std::string_view("de")).push_back('f');
  EXPECT_EQ(made.view().size(), 6000U);
  EXPECT_EQ(made.view().substr(5994), "abcdef");
  EXPECT_EQ(made.back(), 'f');
  made.clear(100);
  EXPECT_EQ(made.view(), "");
  made.append("again");
  EXPECT_EQ(std::move(made).text(), "again");
}

}  // namespace
}  // namespace enlace
