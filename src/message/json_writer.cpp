#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <enlace/json.hpp>

namespace enlace {
namespace {

/// As it is, or in the one form of all equal values.
enum class form : bool { plain, canonical };

template <class Number>
std::size_t append_digits(std::string& out, Number number) {
  std::array<char, 32> text;
  const std::to_chars_result end = std::to_chars(text.data(), text.data() + text.size(), number);
  const auto size = static_cast<std::size_t>(end.ptr - text.data());
  out.append(text.data(), size);
  return size;
}

/// Canonical, a whole double in the range of the integers is written as one, so that 1.0 is 1 and -0.0 is 0.
/// Otherwise it keeps its point, so that it is a double again to who reads it.
template <form Form>
void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out.append("null");
    return;
  }
  if (Form == form::canonical && number == std::trunc(number)) {
    if (number >= -0x1p63 && number < 0x1p63) {
      append_digits(out, static_cast<std::int64_t>(number));
      return;
    }
    if (number >= 0x1p63 && number < 0x1p64) {
      append_digits(out, static_cast<std::uint64_t>(number));
      return;
    }
  }
  const std::size_t size = append_digits(out, number);
  if (Form == form::canonical) return;
  if (out.find_first_of(".e", out.size() - size) == std::string::npos) out.append(".0");
}

bool needs_escape(unsigned char byte) noexcept {
  static constexpr std::array<bool, 256> table = [] {
    std::array<bool, 256> made{};
    for (std::size_t c = 0; c < 0x20; ++c) made[c] = true;
    made['"'] = made['\\'] = true;
    return made;
  }();
  return table[byte];
}

/// Whether any of eight bytes needs an escape (Warren, Hacker's Delight, 6-1: no borrow passes unseen).
bool any_needs_escape(const char* bytes) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::uint64_t block = 0;
  std::memcpy(&block, bytes, sizeof block);
  const std::uint64_t quote = block ^ (ones * '"');
  const std::uint64_t backslash = block ^ (ones * '\\');
  const std::uint64_t found =
      ((block - ones * 0x20) & ~block) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
  return (found & (ones << 7)) != 0;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view named = "\"\\\b\f\n\r\t";
  constexpr std::string_view names = "\"\\bfnrt";
  out.push_back('\\');
  if (const std::size_t at = named.find(c); at != std::string_view::npos) {
    out.push_back(names[at]);
  } else {
    out.append("u00").push_back(hex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(hex[static_cast<unsigned char>(c) & 15]);
  }
}

bool is_plain(std::string_view text) noexcept {
  constexpr std::size_t block = 8;
  if (text.size() < block) {
    return std::none_of(text.begin(), text.end(), [](char c) { return needs_escape(static_cast<unsigned char>(c)); });
  }
  for (std::size_t at = 0; at + block < text.size(); at += block) {
    if (any_needs_escape(text.data() + at)) return false;
  }
  return !any_needs_escape(text.data() + text.size() - block);  // overlaps the one before
}

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  if (is_plain(text)) {
    out.append(text);
  } else {
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (!needs_escape(static_cast<unsigned char>(text[at]))) continue;
      out.append(text, plain, at - plain);
      append_escaped(out, text[at]);
      plain = at + 1;
    }
    out.append(text, plain);
  }
  out.push_back('"');
}

template <form Form>
void append_value(std::string& out, const json::value& value);

template <form Form>
void append_member(std::string& out, const json::key_value_pair& member, bool first) {
  if (!first) out.push_back(',');
  append_string(out, member.key());
  out.push_back(':');
  append_value<Form>(out, member.value());
}

void append_sorted(std::string& out, const json::object& object) {
  using member = const json::key_value_pair*;
  // Objects of calls have few members: these are sorted on the stack.
  std::array<member, 16> few;
  std::vector<member> many;
  member* const members = object.size() <= few.size() ? few.data() : (many.resize(object.size()), many.data());
  member* end = members;
  for (const json::key_value_pair& each : object) *end++ = &each;
  std::sort(members, end, [](member a, member b) { return std::string_view(a->key()) < std::string_view(b->key()); });
  for (member* at = members; at != end; ++at) append_member<form::canonical>(out, **at, at == members);
}

template <form Form>
void append_object(std::string& out, const json::object& object) {
  out.push_back('{');
  if constexpr (Form == form::canonical) {
    append_sorted(out, object);
  } else {
    bool first = true;
    for (const json::key_value_pair& each : object) {
      append_member<Form>(out, each, first);
      first = false;
    }
  }
  out.push_back('}');
}

template <form Form>
void append_array(std::string& out, const json::array& array) {
  out.push_back('[');
  bool first = true;
  for (const json::value& element : array) {
    if (!first) out.push_back(',');
    first = false;
    append_value<Form>(out, element);
  }
  out.push_back(']');
}

template <form Form>
void append_value(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out.append("null");
      break;
    case json::kind::bool_:
      out.append(value.get_bool() ? "true" : "false");
      break;
    case json::kind::int64:
      append_digits(out, value.get_int64());
      break;
    case json::kind::uint64:
      append_digits(out, value.get_uint64());
      break;
    case json::kind::double_:
      append_double<Form>(out, value.get_double());
      break;
    case json::kind::string:
      append_string(out, value.get_string());
      break;
    case json::kind::array:
      append_array<Form>(out, value.get_array());
      break;
    case json::kind::object:
      append_object<Form>(out, value.get_object());
      break;
  }
}

}  // namespace

void append_json(std::string& out, const json::value& value) { append_value<form::plain>(out, value); }

void append_canonical(std::string& out, const json::value& value) { append_value<form::canonical>(out, value); }

bool has_non_finite(const json::value& value) noexcept {
  switch (value.kind()) {
    case json::kind::double_:
      return !std::isfinite(value.get_double());
    case json::kind::array:
      for (const json::value& element : value.get_array()) {
        if (has_non_finite(element)) return true;
      }
      return false;
    case json::kind::object:
      for (const json::key_value_pair& each : value.get_object()) {
        if (has_non_finite(each.value())) return true;
      }
      return false;
    default:
      return false;
  }
}

}  // namespace enlace
