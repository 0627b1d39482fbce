#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include <enlace/call_log.hpp>
#include <enlace/json.hpp>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "unit/telemetry/planted.hpp"

namespace enlace {
namespace {

class CallLog : public testing::Test {
 protected:
  /// What is written about a call; empty: nothing.
  std::string line_of(const call_event& over, log_form form = log_form::json) {
    call_log(logger_, form).on_call(over);
    return take();
  }
  std::string line_of(const attempt_event& over, log_form form = log_form::json) {
    call_log(logger_, form).on_attempt(over);
    return take();
  }
  json::object object_of(const call_event& over) { return object_in(line_of(over)); }
  static json::object object_in(const std::string& line) {
    const result<json::value> read = parse_json(line);
    EXPECT_TRUE(read && read->is_object()) << line;
    return read && read->is_object() ? read->get_object() : json::object();
  }
  std::string take() {
    std::string text = text_.str();
    text_.str("");
    if (!text.empty()) {
      EXPECT_EQ(text.find('\n'), text.size() - 1) << "one line: " << text;
      text.pop_back();
    }
    return text;
  }
  static std::shared_ptr<spdlog::logger> make_logger(std::ostream& to) {
    auto made = std::make_shared<spdlog::logger>("calls", std::make_shared<spdlog::sinks::ostream_sink_st>(to));
    made->set_pattern("%v");
    made->set_level(spdlog::level::debug);
    return made;
  }

  url target_ = url::parse("http://model:8000/v1/chat?model=small").value();
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> logger_ = make_logger(text_);
};

TEST_F(CallLog, WantsALogger) { EXPECT_THROW(call_log(nullptr, log_form::text), std::invalid_argument); }

TEST_F(CallLog, ASuccessIsOneLineOfText) {
  EXPECT_EQ(
      line_of(test::call_of(target_), log_form::text),
      "call service=model operation=chat method=POST url=\"http://model:8000/v1/chat?model=small\" outcome=success "
      "status=200 attempts=1 elapsed_ms=30.250 cached=none breaker=closed "
      "trace_id=11111111111111111111111111111111");
}

TEST_F(CallLog, ASuccessIsOneObject) {
  call_event over = test::call_of(target_);
  over.tenant = "acme";
  over.agent = "planner";
  over.conversation = "c1";
  over.collection = "docs";
  over.request_id = "r1";
  over.stream = true;
  over.events = 3;
  over.first_event = std::chrono::milliseconds(7);
  EXPECT_EQ(line_of(over),
            R"({"time":"2023-11-14T22:13:20.030Z","level":"info","event":"call","service":"model","operation":"chat",)"
            R"("method":"POST","url":"http://model:8000/v1/chat?model=small","outcome":"success","status":200,)"
            R"("attempts":1,"elapsed_ms":30.250,"cached":"none","breaker":"closed","events":3,"first_event_ms":7.000,)"
            R"("trace_id":"11111111111111111111111111111111","tenant":"acme","agent":"planner","conversation":"c1",)"
            R"("collection":"docs","request_id":"r1"})");
}

TEST_F(CallLog, TheLevelTellsWhoIsToBlame) {
  const auto told = [&](error_code code, int status, int attempts) {
    const error why(code, "because");
    call_event over = test::call_of(target_);
    over.failed = &why;
    over.status = status;
    over.attempts = attempts;
    const json::object line = object_of(over);
    return std::string(line.at("level").as_string()) + ' ' + std::string(line.at("outcome").as_string());
  };
  EXPECT_EQ(told(error_code::validation_error, 0, 0), "warning rejected");
  EXPECT_EQ(told(error_code::not_found, 404, 1), "warning client_error");
  EXPECT_EQ(told(error_code::rate_limited, 429, 3), "warning failure");
  EXPECT_EQ(told(error_code::cancelled, 0, 1), "warning cancelled");
  EXPECT_EQ(told(error_code::service_unavailable, 0, 0), "warning rejected");
  EXPECT_EQ(told(error_code::service_unavailable, 503, 3), "error failure");
  EXPECT_EQ(told(error_code::timeout_error, 0, 1), "error timeout");
  EXPECT_EQ(told(error_code::communication_error, 0, 1), "error failure");
  EXPECT_EQ(told(error_code::external_api_error, 200, 1), "error failure");
  EXPECT_EQ(told(error_code::tenant_isolation_breach, 200, 1), "error failure");
  EXPECT_EQ(told(error_code::configuration_error, 0, 0), "error rejected");
}

TEST_F(CallLog, WritesWhatTheLevelLetsThrough) {
  logger_->set_level(spdlog::level::warn);
  EXPECT_EQ(line_of(test::call_of(target_)), "");
  logger_->set_level(spdlog::level::info);
  EXPECT_EQ(line_of(test::attempt_of(target_)), "");
  EXPECT_NE(line_of(test::call_of(target_)), "");
}

TEST_F(CallLog, AttemptsAreForDebugging) {
  attempt_event over = test::attempt_of(target_);
  over.status = 0;
  over.failure = wire_failure::refused;
  over.phase = wire_phase::connect;
  over.number = 2;
  const json::object line = object_in(line_of(over));
  EXPECT_EQ(line.at("level"), "debug");
  EXPECT_EQ(line.at("event"), "attempt");
  EXPECT_EQ(line.at("failure"), "refused");
  EXPECT_EQ(line.at("phase"), "connect");
  EXPECT_EQ(line.at("number"), 2);
  EXPECT_EQ(line.at("span_id"), "3333333333333333");
}

TEST_F(CallLog, NoTextBreaksItsLine) {
  const std::string evil("a\"b\\c\n\x1b[31m=\x7f \xC2\x9B\xFF{}%v{0}\0", 25);
  const error why(error_code::communication_error, evil);
  call_event over = test::call_of(target_);
  over.failed = &why;
  over.service = over.operation = over.method = over.tenant = over.agent = over.conversation = over.request_id = evil;
  over.target = nullptr;
  for (const log_form form : {log_form::json, log_form::text}) {
    const std::string line = line_of(over, form);
    for (const char c : line) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << line;
    }
    EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos);
  }
  const json::object read = object_of(over);
  EXPECT_EQ(std::string_view(read.at("tenant").as_string()),
            std::string_view("a\"b\\c\n\x1b[31m=\x7f \xC2\x9B\xEF\xBF\xBD{}%v{0}\0", 27));
}

TEST_F(CallLog, ShowsNoSecrets) {
  const url target = url::parse(test::planted_url).value();
  const error why(error_code::communication_error, std::string(test::planted_message));
  call_event over = test::call_of(target);
  over.failed = &why;
  for (const log_form form : {log_form::json, log_form::text}) {
    const std::string line = line_of(over, form);
    EXPECT_NE(line.find("model=small"), std::string::npos);
    test::expect_nothing_planted(line);
    const std::string attempt = line_of(test::attempt_of(target), form);
    EXPECT_NE(attempt.find("api_key=REDACTED"), std::string::npos);
    test::expect_nothing_planted(attempt);
  }
}

}  // namespace
}  // namespace enlace
