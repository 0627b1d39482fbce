#include <enlace/exchange.hpp>

namespace enlace {

std::string_view name_of(wire_failure failure) noexcept {
  switch (failure) {
    case wire_failure::none:
      return "none";
    case wire_failure::dns:
      return "dns";
    case wire_failure::refused:
      return "refused";
    case wire_failure::connect_timeout:
      return "connect_timeout";
    case wire_failure::tls:
      return "tls";
    case wire_failure::pool_full:
      return "pool_full";
    case wire_failure::reset:
      return "reset";
    case wire_failure::truncated:
      return "truncated";
    case wire_failure::timeout:
      return "timeout";
    case wire_failure::malformed:
      return "malformed";
    case wire_failure::too_large:
      return "too_large";
    case wire_failure::content_encoding:
      return "content_encoding";
    case wire_failure::cancelled:
      return "cancelled";
  }
  return "none";
}

std::string_view name_of(wire_phase phase) noexcept {
  switch (phase) {
    case wire_phase::none:
      return "none";
    case wire_phase::pool:
      return "pool";
    case wire_phase::resolve:
      return "resolve";
    case wire_phase::connect:
      return "connect";
    case wire_phase::tls:
      return "tls";
    case wire_phase::send:
      return "send";
    case wire_phase::first_byte:
      return "first_byte";
    case wire_phase::body:
      return "body";
  }
  return "none";
}

void incoming::clear() noexcept {
  failure = wire_failure::none;
  phase = wire_phase::none;
  detail.clear();
  sent = false;
  body_begun = false;
  ends_with_connection = false;
  reused_connection = false;
  status = 0;
  headers.clear();
  body.clear();
}

}  // namespace enlace
