#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <enlace/json.hpp>
#include <enlace/reply.hpp>

namespace enlace {

/// What shape a JSON answer has.
enum class envelope_shape : std::uint8_t {
  none,                ///< plain data
  success,             ///< `success: true` and one of `message`, `data`, `error`
  failure,             ///< `success: false` and one of these
  data_with_metadata,  ///< exactly `data` and `metadata`, or these and `message`
};

[[nodiscard]] envelope_shape shape_of(const json::object& object) noexcept;

/// An envelope taken apart.
class envelope_fields {
 public:
  explicit envelope_fields(json::object&& envelope);

  std::optional<std::string> message;
  json::value data;
  json::value metadata;
  json::value error;
  /// What is not of the standard form, in its order.
  json::object extras;

  /// Gives `to` the metadata and the extras. An upstream's own `metadata.call` becomes `call().upstream`; metadata that
  /// are no object are kept as their member `value`.
  void hand_over(reply& to);
};

}  // namespace enlace
