// Module: message
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <enlace/result.hpp>

namespace enlace {

namespace json = boost::json;

inline void object_fill(json::object& /*target*/) {}

template <class Value, class... Rest>
void object_fill(json::object& target, std::string_view key, Value&& value, Rest&&... rest) {
  target.insert_or_assign(key, json::value_from(std::forward<Value>(value)));
  object_fill(target, std::forward<Rest>(rest)...);
}

/// A JSON object from keys and values in turn: `object("text", text, "top_k", 5)`. Safe inside a `co_await`
/// expression, where g++ 12 can't compile nested braces.
template <class... Members>
[[nodiscard]] json::object object(Members&&... members) {
  static_assert(sizeof...(Members) % 2 == 0, "enlace::object takes keys and values in turn");
  json::object made;
  made.reserve(sizeof...(Members) / 2);
  object_fill(made, std::forward<Members>(members)...);
  return made;
}

/// A JSON array of the given values: `array(1, "two", 3.0)`.
template <class... Values>
[[nodiscard]] json::array array(Values&&... values) {
  json::array made;
  made.reserve(sizeof...(Values));
  (made.push_back(json::value_from(std::forward<Values>(values))), ...);
  return made;
}

/// Parses JSON text, at most 512 levels deep. Numbers are read to the last digit; one past the range of a double is an
/// error.
/// Errors: VALIDATION_ERROR with the byte offset of the fault.
[[nodiscard]] result<json::value> parse_json(std::string_view text);

/// Appends the JSON text of `value`, without spaces. Doubles are written as people do (0.7, 1.0, 1e+300) and read back
/// the same; NaN and infinity become null. (`json::serialize` writes 7E-1.)
void append_json(std::string& out, const json::value& value);

/// The text by which equal values are equal: sorted keys, no spaces, numbers in one form (1.0 as 1). For cache keys.
void append_canonical(std::string& out, const json::value& value);

/// Whether a NaN or an infinity stands anywhere in the value: JSON has no way to write it.
[[nodiscard]] bool has_non_finite(const json::value& value) noexcept;

}  // namespace enlace
