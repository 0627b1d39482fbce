#include "message/envelope_fields.hpp"

#include <string_view>
#include <utility>

#include "message/upstream_error.hpp"

namespace enlace {

envelope_shape shape_of(const json::object& object) noexcept {
  const bool has_data = object.contains("data");
  const bool has_message = object.contains("message");
  const json::value* success = object.if_contains("success");
  if (success != nullptr && success->is_bool() && (has_data || has_message || object.contains("error"))) {
    return success->get_bool() ? envelope_shape::success : envelope_shape::failure;
  }
  const std::size_t members = has_message ? 3 : 2;
  const bool exact = has_data && object.size() == members && object.contains("metadata");
  return exact ? envelope_shape::data_with_metadata : envelope_shape::none;
}

envelope_fields::envelope_fields(json::object&& envelope) {
  for (json::key_value_pair& member : envelope) {
    const std::string_view name = member.key();
    if (name == "message") {
      message = text_of(member.value());
    } else if (name == "data") {
      data = std::move(member.value());
    } else if (name == "metadata") {
      metadata = std::move(member.value());
    } else if (name == "error") {
      error = std::move(member.value());
    } else if (name != "success") {
      extras.emplace(member.key(), std::move(member.value()));
    }
  }
}

void envelope_fields::hand_over(reply& to) {
  if (json::object* object = metadata.if_object()) {
    if (json::value* call = object->if_contains("call")) {
      to.call().upstream = std::move(*call);
      object->stable_erase("call");
    }
    to.metadata() = std::move(*object);
  } else if (!metadata.is_null()) {
    to.metadata()["value"] = std::move(metadata);
  }
  to.extras() = std::move(extras);
}

}  // namespace enlace
