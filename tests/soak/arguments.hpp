#pragma once

#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace enlace::test {

/// A program's "--name value" pairs. Throws `std::invalid_argument` for what is none, and for a number that is none.
class arguments {
 public:
  arguments(int count, char** words) {
    for (int i = 1; i < count; i += 2) {
      const std::string_view name = words[i];
      if (!name.starts_with("--") || i + 1 == count) throw std::invalid_argument("what is " + std::string(name) + "?");
      values_.insert_or_assign(std::string(name.substr(2)), words[i + 1]);
    }
  }

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  template <class Number>
  [[nodiscard]] Number number(const std::string& name, Number otherwise) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return otherwise;
    const std::string& text = found->second;
    Number value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
      throw std::invalid_argument("--" + name + " takes a number, not " + text);
    }
    return value;
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace enlace::test
