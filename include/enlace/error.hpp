// Module: base
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <enlace/clock.hpp>

namespace enlace {

/// What went wrong, in the terms that a caller acts on. Names, numbers and statuses are part of the wire format.
enum class error_code : std::uint8_t {
  validation_error,
  authentication_failed,
  permission_denied,
  not_found,
  timeout_error,
  rate_limited,
  service_unavailable,
  communication_error,
  external_api_error,
  tenant_isolation_breach,
  configuration_error,
  cancelled,
};

/// The fixed facts of an error code.
struct error_facts {
  std::string_view name;  ///< "TIMEOUT_ERROR"
  int number;             ///< 4003
  int status;             ///< the HTTP status a service would answer with: 504
  std::string_view type;  ///< "timeout"
  bool retryable;         ///< whether the same call might succeed later, unless the error itself knows better
};

[[nodiscard]] const error_facts& facts_of(error_code code) noexcept;

/// The code with that name ("TIMEOUT_ERROR"), if it is one of ours.
[[nodiscard]] std::optional<error_code> error_code_named(std::string_view name) noexcept;

/// The code that an HTTP status (100 to 599) of a failed call becomes.
[[nodiscard]] error_code error_code_for_status(int status) noexcept;

/// Whether a call that ended with this HTTP status might succeed later: 408, 425, 429, 5xx but 501 and 505.
[[nodiscard]] bool status_is_retryable(int status) noexcept;

/// A failure as a value. A class with constructors, never an aggregate: g++ 12 destroys aggregate temporaries in a
/// `co_await` expression twice.
class error {
 public:
  error() : error(error_code::communication_error, std::string()) {}
  /// Takes number, status and retryable from the table.
  error(error_code code, std::string message);
  error(error_code code, std::string message, boost::json::object details);

  error_code code;
  std::string message;
  /// The upstream's own code where it sent one ("QUOTA_USED_UP"); empty where `code` says it all.
  std::string upstream_code;
  int number;
  int status;
  bool retryable;
  std::optional<seconds_d> retry_after;
  boost::json::object details;
  /// When it happened; the epoch until whoever has a clock stamps it.
  wall_time timestamp{};
  /// The error that led to this one.
  std::shared_ptr<const error> cause;

  /// The upstream's own code, else the name of `code`.
  [[nodiscard]] std::string_view code_name() const noexcept;
  /// "timeout", "validation", ...
  [[nodiscard]] std::string_view type() const noexcept { return facts_of(code).type; }
  /// The `error` object of the envelope.
  [[nodiscard]] boost::json::object to_json() const;
};

}  // namespace enlace
