#include "cli/pretty_json.hpp"

#include <string_view>

#include "cli/terminal.hpp"

namespace enlace::cli {

namespace {

class pretty_writer {
 public:
  pretty_writer(std::string& out, bool coloured) : out_(out), coloured_(coloured) {}

  void write(const json::value& value, std::size_t depth) {
    if (const json::object* members = value.if_object(); members != nullptr && !members->empty()) {
      write_object(*members, depth);
    } else if (const json::array* elements = value.if_array(); elements != nullptr && !elements->empty()) {
      write_array(*elements, depth);
    } else {
      write_leaf(value, colour_of(value));
    }
  }

 private:
  static std::string_view colour_of(const json::value& value) {
    switch (value.kind()) {
      case json::kind::string:
        return colour::green;
      case json::kind::bool_:
      case json::kind::null:
        return colour::magenta;
      case json::kind::object:
      case json::kind::array:
        return "";
      default:
        return colour::cyan;
    }
  }

  void write_leaf(const json::value& value, std::string_view shade) {
    if (coloured_) out_.append(shade);
    leaf_.clear();
    append_json(leaf_, value);
    out_.append(without_controls(leaf_));
    if (coloured_ && !shade.empty()) out_.append(colour::plain);
  }

  void start_line(std::size_t depth) { out_.append(1, '\n').append(2 * depth, ' '); }

  void write_object(const json::object& members, std::size_t depth) {
    char before = '{';
    for (const json::key_value_pair& member : members) {
      out_.push_back(before);
      before = ',';
      start_line(depth + 1);
      write_leaf(json::value(member.key()), colour::blue);
      out_.append(": ");
      write(member.value(), depth + 1);
    }
    start_line(depth);
    out_.push_back('}');
  }

  void write_array(const json::array& elements, std::size_t depth) {
    char before = '[';
    for (const json::value& element : elements) {
      out_.push_back(before);
      before = ',';
      start_line(depth + 1);
      write(element, depth + 1);
    }
    start_line(depth);
    out_.push_back(']');
  }

  std::string& out_;
  std::string leaf_;
  bool coloured_;
};

}  // namespace

void append_pretty(std::string& out, const json::value& value, bool coloured) {
  pretty_writer(out, coloured).write(value, 0);
}

std::string json_for_output(const json::value& value) {
  constexpr int output = 1;
  std::string text;
  if (is_terminal(output)) {
    append_pretty(text, value, has_colours(output));
  } else {
    append_json(text, value);
  }
  text.push_back('\n');
  return text;
}

}  // namespace enlace::cli
