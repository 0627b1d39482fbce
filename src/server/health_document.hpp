#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/clock.hpp>
#include <enlace/health.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// What `/health` answers with: `{service, version, status, timestamp, components}`. `status` is "available",
/// "degraded" or "unavailable"; the timestamp is in seconds since the epoch, as in errors.
[[nodiscard]] json::object health_document(std::string_view service, std::string_view version, std::string_view status,
                                           json::object components, wall_time now);

/// How one part of a service is, or one service that it needs.
struct health_part {
  std::string name;
  health_status status = health_status::available;
  /// Why it is not available; empty: nothing to say.
  std::string why;
  /// How long it took to find out, where it was asked.
  std::optional<duration> latency;
  /// What else there is to say.
  json::object more;
};

/// The `components` of a health document: each part under its name.
[[nodiscard]] json::object components_of(const std::vector<health_part>& parts);

/// The media type of `health_json_document`.
inline constexpr std::string_view health_json_type = "application/health+json";

/// The same in the form of draft-inadarei-api-health-check-06: status pass, warn or fail, version, serviceId, checks.
/// A part that was asked is a check of its response time.
[[nodiscard]] json::object health_json_document(std::string_view service, std::string_view version,
                                                health_status status, const std::vector<health_part>& parts);

/// "pass", "warn" or "fail".
[[nodiscard]] std::string_view health_json_status(health_status status) noexcept;

/// Whether an `Accept` field (RFC 9110, 12.5.1) asks for application/health+json before application/json. Of two with
/// the same weight the first one counts; ranges with an asterisk ask for neither.
[[nodiscard]] bool wants_health_json(std::string_view accept) noexcept;

}  // namespace enlace
