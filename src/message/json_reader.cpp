#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

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

}  // namespace enlace
