#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/error.hpp>
#include <enlace/server_request.hpp>

namespace enlace {

/// Reads the parameters of a request's query, each within its bounds, and keeps the error of the first bad one:
/// VALIDATION_ERROR whose message and details name the field and what would do.
class parameters {
 public:
  explicit parameters(const server_request& request) : given_(request.parameters()) {}

  /// A whole number; `fallback` when it is not given.
  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most);
  /// One of the words; the first one when it is not given.
  std::string word(std::string_view name, std::initializer_list<std::string_view> words);
  /// Text of at most `most` bytes without control characters.
  std::optional<std::string> text(std::string_view name, std::size_t most);
  /// As `integer`, for text from elsewhere than the query.
  std::int64_t integer_of(std::string_view name, std::string_view given, std::int64_t least, std::int64_t most);

  [[nodiscard]] const std::optional<error>& fault() const noexcept { return fault_; }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  void refuse(std::string_view name, std::string_view given, const std::string& wanted);

  std::vector<std::pair<std::string, std::string>> given_;
  std::optional<error> fault_;
};

}  // namespace enlace
