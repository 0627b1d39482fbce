#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value_stack.hpp>
#include <enlace/json.hpp>

namespace enlace {
namespace {

constexpr std::size_t max_depth = 512;

/// What `json::parser` has inside, but that numbers are exact: Boost 1.81 is off by one in the last place for one in
/// five numbers of 17 digits, and takes 1e999 as infinity, which can't be written again.
class value_builder {
 public:
  constexpr static std::size_t max_object_size = json::object::max_size();
  constexpr static std::size_t max_array_size = json::array::max_size();
  constexpr static std::size_t max_key_size = json::string::max_size();
  constexpr static std::size_t max_string_size = json::string::max_size();

  value_builder(unsigned char* scratch, std::size_t size) : stack_(json::storage_ptr(), scratch, size) {
    stack_.reset();
  }
  json::value release() { return stack_.release(); }

  bool on_document_begin(boost::system::error_code& /*failed*/) { return true; }
  bool on_document_end(boost::system::error_code& /*failed*/) { return true; }
  bool on_object_begin(boost::system::error_code& /*failed*/) { return true; }
  bool on_array_begin(boost::system::error_code& /*failed*/) { return true; }
  bool on_number_part(json::string_view /*text*/, boost::system::error_code& /*failed*/) { return true; }
  bool on_comment_part(json::string_view /*text*/, boost::system::error_code& /*failed*/) { return true; }
  bool on_comment(json::string_view /*text*/, boost::system::error_code& /*failed*/) { return true; }
  bool on_object_end(std::size_t count, boost::system::error_code& /*failed*/) {
    stack_.push_object(count);
    return true;
  }
  bool on_array_end(std::size_t count, boost::system::error_code& /*failed*/) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view text, std::size_t /*total*/, boost::system::error_code& /*failed*/) {
    stack_.push_chars(text);
    return true;
  }
  bool on_key(json::string_view text, std::size_t /*total*/, boost::system::error_code& /*failed*/) {
    stack_.push_key(text);
    return true;
  }
  bool on_string_part(json::string_view text, std::size_t /*total*/, boost::system::error_code& /*failed*/) {
    stack_.push_chars(text);
    return true;
  }
  bool on_string(json::string_view text, std::size_t /*total*/, boost::system::error_code& /*failed*/) {
    stack_.push_string(text);
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view /*text*/, boost::system::error_code& /*failed*/) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view /*text*/, boost::system::error_code& /*failed*/) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_bool(bool truth, boost::system::error_code& /*failed*/) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(boost::system::error_code& /*failed*/) {
    stack_.push_null();
    return true;
  }
  /// `text` is the whole number, as the parser gets all of its input at once.
  bool on_double(double number, json::string_view text, boost::system::error_code& failed) {
    // Up to 15 digits Boost's single division is exact.
    if (text.size() > 16 || text.find_first_of("eE") != json::string_view::npos) {
      const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), number);
      if (read.ec != std::errc() && std::abs(number) > 1) {
        failed = json::error::exponent_overflow;
        return false;
      }
    }
    stack_.push_double(number);
    return true;
  }

 private:
  json::value_stack stack_;
};

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> text;
  const std::to_chars_result end = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), end.ptr);
}

/// A whole double in the range of the integers is written as one, so that 1.0 is 1 and -0.0 is 0.
void append_double(std::string& out, double number) {
  if (number == std::trunc(number)) {
    if (number >= -0x1p63 && number < 0x1p63) return append_number(out, static_cast<std::int64_t>(number));
    if (number >= 0x1p63 && number < 0x1p64) return append_number(out, static_cast<std::uint64_t>(number));
  }
  append_number(out, number);
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out.push_back('\\');
    if (byte >= 0x20) {
      out.push_back(text[i]);
    } else {
      out.append("u00").push_back(hex[byte >> 4]);
      out.push_back(hex[byte & 15]);
    }
  }
  out.append(text, plain).push_back('"');
}

using member = const json::key_value_pair*;

void append_members(std::string& out, const member* first, const member* last) {
  out.push_back('{');
  for (const member* at = first; at != last; ++at) {
    if (at != first) out.push_back(',');
    append_string(out, (*at)->key());
    out.push_back(':');
    append_canonical(out, (*at)->value());
  }
  out.push_back('}');
}

void append_object(std::string& out, const json::object& object) {
  // Objects of calls have few members: these are sorted on the stack.
  std::array<member, 16> few;
  std::vector<member> many;
  member* members = few.data();
  if (object.size() > few.size()) {
    many.resize(object.size());
    members = many.data();
  }
  member* end = members;
  for (const json::key_value_pair& each : object) *end++ = &each;
  std::sort(members, end, [](member a, member b) { return std::string_view(a->key()) < std::string_view(b->key()); });
  append_members(out, members, end);
}

}  // namespace

result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  std::array<unsigned char, 4096> scratch;
  json::basic_parser<value_builder> parser(options, scratch.data(), scratch.size());
  boost::system::error_code failed;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failed);
  if (!failed && read != text.size()) failed = json::error::extra_data;
  if (failed) {
    json::object where;
    where["offset"] = read;
    return error(error_code::validation_error, "invalid JSON at byte " + std::to_string(read) + ": " + failed.message(),
                 std::move(where));
  }
  return parser.handler().release();
}

void append_canonical(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out.append("null");
      break;
    case json::kind::bool_:
      out.append(value.get_bool() ? "true" : "false");
      break;
    case json::kind::int64:
      append_number(out, value.get_int64());
      break;
    case json::kind::uint64:
      append_number(out, value.get_uint64());
      break;
    case json::kind::double_:
      append_double(out, value.get_double());
      break;
    case json::kind::string:
      append_string(out, value.get_string());
      break;
    case json::kind::array: {
      out.push_back('[');
      bool first = true;
      for (const json::value& element : value.get_array()) {
        if (!first) out.push_back(',');
        first = false;
        append_canonical(out, element);
      }
      out.push_back(']');
      break;
    }
    case json::kind::object:
      append_object(out, value.get_object());
      break;
  }
}

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
