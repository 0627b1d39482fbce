#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <enlace/call_log.hpp>
#include <spdlog/logger.h>

#include "telemetry/safe_text.hpp"

namespace enlace {

namespace {

// What a line holds of what others wrote, in bytes.
constexpr std::size_t logged_message_most = 1024;
constexpr std::size_t logged_text_most = 4096;

/// A value that can stand in a line of name=value pairs as it is.
bool is_bare(std::string_view value) noexcept {
  const auto plain = [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\'; };
  return !value.empty() && std::all_of(value.begin(), value.end(), plain);
}

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  char digits[20];
  const auto size = static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits);
  out.append(width - std::min(width, size), '0').append(digits, size);
}

/// "2026-01-31T23:59:59.123Z"
std::string utc_text(wall_time when) {
  namespace chrono = std::chrono;
  const auto day = chrono::floor<chrono::days>(when);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss time(chrono::floor<chrono::milliseconds>(when - day));
  std::string made;
  append_padded(made, static_cast<int>(date.year()), 4);
  append_padded(made.append("-"), static_cast<unsigned>(date.month()), 2);
  append_padded(made.append("-"), static_cast<unsigned>(date.day()), 2);
  append_padded(made.append("T"), time.hours().count(), 2);
  append_padded(made.append(":"), time.minutes().count(), 2);
  append_padded(made.append(":"), time.seconds().count(), 2);
  append_padded(made.append("."), time.subseconds().count(), 3);
  return made.append("Z");
}

/// One line, in either form. Empty texts are left out.
class log_line {
 public:
  log_line(log_form form, std::string_view what, spdlog::level::level_enum level, wall_time at) : form_(form) {
    text_.reserve(512);
    if (form_ == log_form::text) {
      text_.append(what);
      return;
    }
    text_.push_back('{');
    text("time", utc_text(at));
    const auto name = spdlog::level::to_string_view(level);
    text("level", {name.data(), name.size()});
    text("event", what);
  }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    begin(name);
    value = value.substr(0, logged_text_most);
    if (form_ == log_form::text && is_bare(value)) {
      text_.append(value);
    } else {
      append_json_string(text_, value);
    }
  }
  void number(std::string_view name, std::int64_t value) {
    begin(name);
    append_padded(text_, value, 0);
  }
  void flag(std::string_view name, bool value) {
    begin(name);
    text_.append(value ? "true" : "false");
  }
  void milliseconds(std::string_view name, duration value) {
    begin(name);
    const auto us = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(value).count(), 0);
    append_padded(text_, us / 1000, 1);
    text_.push_back('.');
    append_padded(text_, us % 1000, 3);
  }
  void id(std::string_view name, std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) return;
    std::array<char, 32> hex{};
    std::size_t size = 0;
    for (const std::uint8_t byte : bytes) {
      hex[size++] = digits[byte >> 4U];
      hex[size++] = digits[byte & 15U];
    }
    text(name, {hex.data(), size});
  }

  void write(spdlog::logger& to, spdlog::level::level_enum level) {
    if (form_ == log_form::json) text_.push_back('}');
    to.log(level, spdlog::string_view_t(text_.data(), text_.size()));
  }

 private:
  void begin(std::string_view name) {
    if (form_ == log_form::text) {
      text_.push_back(' ');
      text_.append(name).push_back('=');
      return;
    }
    if (text_.back() != '{') text_.push_back(',');
    text_.push_back('"');
    text_.append(name).append("\":");
  }

  log_form form_;
  std::string text_;
};

/// By a breaker or a limit.
bool was_turned_away(const call_event& over) noexcept {
  return over.attempts == 0 && over.failed->code == error_code::service_unavailable;
}

/// As the metrics name it.
std::string_view outcome_name(const call_event& over) noexcept {
  if (over.failed == nullptr) return "success";
  if (over.failed->code == error_code::timeout_error) return "timeout";
  if (over.failed->code == error_code::cancelled) return "cancelled";
  if (over.attempts == 0) return "rejected";
  const bool wrong_request = over.status >= 400 && over.status < 500 && over.status != 408 && over.status != 429;
  return wrong_request ? "client_error" : "failure";
}

spdlog::level::level_enum level_of(const call_event& over) noexcept {
  if (over.failed == nullptr) return spdlog::level::info;
  if (was_turned_away(over)) return spdlog::level::warn;
  // One tenant's data in another's call is nobody's mistake in asking.
  if (over.failed->code == error_code::tenant_isolation_breach) return spdlog::level::err;
  if (over.failed->code == error_code::cancelled || over.failed->code == error_code::validation_error) {
    return spdlog::level::warn;
  }
  const int status = over.status != 0 ? over.status : over.failed->status;
  return status >= 400 && status < 500 ? spdlog::level::warn : spdlog::level::err;
}

}  // namespace

call_log::call_log(std::shared_ptr<spdlog::logger> to, log_form form) : to_(std::move(to)), form_(form) {
  if (to_ == nullptr) throw std::invalid_argument("enlace::call_log: there is no logger");
}

call_log::~call_log() = default;

void call_log::on_attempt(const attempt_event& over) noexcept {
  constexpr auto level = spdlog::level::debug;
  if (!to_->should_log(level)) return;
  try {
    log_line line(form_, "attempt", level, over.began + std::chrono::duration_cast<wall_time::duration>(over.elapsed));
    line.text("service", over.service);
    line.text("operation", over.operation);
    line.text("method", over.method);
    if (over.target != nullptr) line.text("url", over.target->redacted());
    line.number("number", over.number);
    line.number("status", over.status);
    if (over.failure != wire_failure::none) {
      line.text("failure", name_of(over.failure));
      line.text("phase", name_of(over.phase));
    }
    line.milliseconds("elapsed_ms", over.elapsed);
    line.flag("reused_connection", over.reused_connection);
    line.id("trace_id", over.place.trace_id);
    line.id("span_id", over.place.span_id);
    line.write(*to_, level);
  } catch (...) {  // NOLINT(bugprone-empty-catch): out of memory, and a line less
  }
}

void call_log::on_call(const call_event& over) noexcept {
  const auto level = level_of(over);
  if (!to_->should_log(level)) return;
  try {
    log_line line(form_, "call", level, over.began + std::chrono::duration_cast<wall_time::duration>(over.elapsed));
    line.text("service", over.service);
    line.text("operation", over.operation);
    line.text("method", over.method);
    if (over.target != nullptr) line.text("url", over.target->redacted());
    line.text("outcome", outcome_name(over));
    line.number("status", over.status);
    line.number("attempts", over.attempts);
    line.milliseconds("elapsed_ms", over.elapsed);
    line.text("cached", name_of(over.cached));
    line.text("breaker", name_of(over.breaker));
    if (over.stream) line.number("events", static_cast<std::int64_t>(over.events));
    if (over.first_event) line.milliseconds("first_event_ms", *over.first_event);
    if (over.failed != nullptr) {
      line.text("code", over.failed->code_name());
      line.text("message", safe_message(over.failed->message, logged_message_most));
    }
    line.id("trace_id", over.place.trace_id);
    line.text("tenant", over.tenant);
    line.text("agent", over.agent);
    line.text("conversation", over.conversation);
    line.text("collection", over.collection);
    line.text("request_id", over.request_id);
    line.write(*to_, level);
  } catch (...) {  // NOLINT(bugprone-empty-catch): as above
  }
}

}  // namespace enlace
