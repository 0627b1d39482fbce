#include <string>
#include <string_view>
#include <utility>

#include "message/envelope.hpp"
#include "message/text.hpp"

namespace enlace {
namespace {

constexpr std::size_t shown_of_detail = 512;

/// What a failure means to callers. `retryable` is whether the same call might succeed later.
struct meaning {
  error_code code;
  std::string_view message;
  bool retryable;
};

meaning meaning_of(wire_failure failure) noexcept {
  using enum error_code;
  switch (failure) {
    case wire_failure::dns:
      return {communication_error, "The service's name did not resolve", true};
    case wire_failure::refused:
      return {communication_error, "The service could not be reached", true};
    case wire_failure::connect_timeout:
      return {communication_error, "The service did not accept a connection in time", true};
    case wire_failure::tls:
      return {communication_error, "No secure connection to the service", true};
    case wire_failure::pool_full:
      return {service_unavailable, "No connection to the service became free in time", true};
    case wire_failure::reset:
      return {communication_error, "The service broke the connection", true};
    case wire_failure::truncated:
      return {communication_error, "The connection ended inside the answer", true};
    case wire_failure::timeout:
      return {timeout_error, "The service did not answer in time", true};
    case wire_failure::malformed:
      return {external_api_error, "The service's answer is not valid HTTP", true};
    case wire_failure::too_large:
      return {external_api_error, "The service's answer is too large", false};
    case wire_failure::content_encoding:
      return {external_api_error, "The service's answer has an unusable content encoding", false};
    case wire_failure::cancelled:
      return {cancelled, "The call was cancelled", false};
    case wire_failure::none:
      break;
  }
  return {communication_error, "The call failed", true};
}

}  // namespace

error error_from_wire(const incoming& in) {
  const meaning what = meaning_of(in.failure);
  std::string message(what.message);
  if (!in.detail.empty()) message.append(": ").append(excerpt(in.detail, shown_of_detail));
  json::object details;
  details["error"] = name_of(in.failure);
  details["phase"] = name_of(in.phase);
  error made(what.code, std::move(message), std::move(details));
  made.retryable = what.retryable;
  return made;
}

}  // namespace enlace
