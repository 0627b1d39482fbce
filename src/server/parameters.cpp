#include "server/parameters.hpp"

#include <algorithm>
#include <charconv>

#include <enlace/headers.hpp>
#include <enlace/json.hpp>

#include "message/text.hpp"

namespace enlace {

namespace {

/// How much of a bad value is told back.
constexpr std::size_t excerpt_bytes = 64;

}  // namespace

const std::string* parameters::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(given_, name, &std::pair<std::string, std::string>::first);
  return found == given_.end() ? nullptr : &found->second;
}

void parameters::refuse(std::string_view name, std::string_view given, const std::string& wanted) {
  if (fault_) return;
  const std::string shown = excerpt(given, excerpt_bytes);
  const std::string message = std::string(name) + " can't be '" + shown + "'; give " + wanted;
  fault_.emplace(error_code::validation_error, message, object("field", name, "given", shown, "fix", "give " + wanted));
  fault_->timestamp = std::chrono::system_clock::now();
}

std::int64_t parameters::integer(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const std::string* given = find(name);
  return given == nullptr ? fallback : integer_of(name, *given, least, most);
}

std::int64_t parameters::integer_of(std::string_view name, std::string_view given, std::int64_t least,
                                    std::int64_t most) {
  std::int64_t value = 0;
  const char* end = given.data() + given.size();
  const auto [stopped, failed] = std::from_chars(given.data(), end, value);
  if (failed == std::errc() && stopped == end && value >= least && value <= most) return value;
  refuse(name, given, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

std::string parameters::word(std::string_view name, std::initializer_list<std::string_view> words) {
  const std::string* given = find(name);
  if (given == nullptr) return std::string(*words.begin());
  if (std::ranges::find(words, *given) != words.end()) return *given;
  std::string wanted = "one of";
  for (const std::string_view word : words) wanted.append(word == *words.begin() ? " " : ", ").append(word);
  refuse(name, *given, wanted);
  return std::string(*words.begin());
}

std::optional<std::string> parameters::text(std::string_view name, std::size_t most) {
  const std::string* given = find(name);
  if (given == nullptr) return std::nullopt;
  if (given->size() <= most && is_header_value(*given)) return *given;
  refuse(name, *given, "at most " + std::to_string(most) + " bytes without control characters");
  return std::nullopt;
}

}  // namespace enlace
