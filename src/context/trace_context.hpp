#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <enlace/random.hpp>

namespace enlace {

/// Where in a trace one is (W3C Trace Context). A class with a constructor, never an aggregate (docs/hazards).
class trace_context {
 public:
  /// Size of a `traceparent` of version 00.
  static constexpr std::size_t text_size = 55;

  trace_context() noexcept {}  // NOLINT(modernize-use-equals-default): must not become an aggregate

  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  /// Bit 0: sampled. Bit 1: the trace id is random.
  std::uint8_t flags = 0;

  [[nodiscard]] bool sampled() const noexcept { return (flags & 1U) != 0; }

  /// Reads a `traceparent`: version 00 exactly, a later one as far as 00 goes. Spaces and tabs around it are ignored.
  [[nodiscard]] static std::optional<trace_context> parse(std::string_view traceparent) noexcept;

  /// The root span of a new trace. `share`: of all traces, that are sampled, from 0 to 1. Its id alone decides, by its
  /// last 56 bits (OpenTelemetry, consistent probability sampling), so whoever looks at it decides alike.
  [[nodiscard]] static trace_context make_root(random_source& random, double share) noexcept;
  /// A span below this one: same trace and flags, a span id of its own.
  [[nodiscard]] trace_context child(random_source& random) const noexcept;

  /// Writes the `traceparent` into `out` and gives it back as text.
  std::string_view format(std::span<char, text_size> out) const noexcept;
  /// Writes the trace id as 32 hexadecimal digits.
  std::string_view format_trace_id(std::span<char, 32> out) const noexcept;
  std::string_view format_span_id(std::span<char, 16> out) const noexcept;

  friend bool operator==(const trace_context&, const trace_context&) = default;
};

}  // namespace enlace
