#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/call_event.hpp>

namespace enlace {

/// Numbers as OTLP has them.
enum class span_kind : std::uint8_t { internal = 1, client = 3 };

struct span_attribute {
  /// A literal.
  std::string_view key;
  std::string text;
  /// Set: it is a number, and has no text.
  std::optional<std::int64_t> number;
};

struct span_event {
  /// Nanoseconds since 1970.
  std::int64_t at_ns = 0;
  std::string name;
  /// `enlace.why`
  std::string why;
};

/// A span that is over, with all that it shows: it owns its text, holds no secrets of URLs, and takes at most some
/// 30 KiB whatever it was made from.
struct span_record {
  span_place place;
  span_kind kind = span_kind::internal;
  std::string name;
  /// Nanoseconds since 1970.
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::vector<span_attribute> attributes;
  std::vector<span_event> events;
  /// Events beyond those that are kept.
  std::uint32_t dropped_events = 0;
  std::optional<span_place> link;
  bool failed = false;
  /// Why; empty on success.
  std::string message;
};

/// The client span of an attempt: OpenTelemetry semantic conventions 1.44, "HTTP client span".
[[nodiscard]] span_record span_of(const attempt_event& over);
/// The span of a call, above those of its attempts.
[[nodiscard]] span_record span_of(const call_event& over);

}  // namespace enlace
