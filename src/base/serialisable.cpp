#include "base/serialisable.hpp"

#include <cmath>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/utf8.hpp"

namespace enlace {

namespace json = boost::json;

void make_serialisable(json::value& value) {
  if (json::string* text = value.if_string()) {
    if (!is_valid_utf8(*text)) *text = to_valid_utf8(*text);
  } else if (json::object* object = value.if_object()) {
    make_serialisable(*object);
  } else if (json::array* array = value.if_array()) {
    for (json::value& element : *array) make_serialisable(element);
  } else if (const double* number = value.if_double(); number != nullptr && !std::isfinite(*number)) {
    value = nullptr;
  }
}

void make_serialisable(json::object& object) {
  bool keys_are_valid = true;
  for (json::key_value_pair& member : object) {
    make_serialisable(member.value());
    keys_are_valid = keys_are_valid && is_valid_utf8(member.key());
  }
  if (keys_are_valid) return;
  json::object sound(object.storage());
  for (json::key_value_pair& member : object) sound[to_valid_utf8(member.key())] = std::move(member.value());
  object = std::move(sound);
}

}  // namespace enlace
