// Module: message
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/json.hpp>
#include <enlace/reply.hpp>

namespace enlace {

enum class health_status : std::uint8_t { available, degraded, unavailable };

/// "available", "degraded" or "unavailable".
[[nodiscard]] std::string_view name_of(health_status status) noexcept;

/// What a service said of its health, or why it said nothing.
struct health_report {
  std::string service;
  health_status status = health_status::unavailable;
  /// From asking to the last byte of the answer.
  duration latency{};
  /// "components" of our own form, or "checks" of application/health+json (draft-inadarei-api-health-check).
  json::object components;
  /// Why it counts as degraded or unavailable; empty when available.
  std::string why;

  [[nodiscard]] json::object to_json() const;
};

/// What the answer of a health page means. `available` on 2xx whose body does not say otherwise; a `status` of
/// unavailable, unhealthy, fail, down or error is `unavailable`, as is a text that is that word; degraded or warn is
/// `degraded`.
[[nodiscard]] health_report read_health(std::string service, const reply& answer);

}  // namespace enlace
