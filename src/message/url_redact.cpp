#include <algorithm>
#include <array>

#include <enlace/url.hpp>

#include "message/percent.hpp"

namespace enlace {
namespace {

// Anywhere in a name: "x-amz-signature", "AccessKeyId". Better one "monkey" too many than one API key in a log.
constexpr std::array<std::string_view, 11> secret_parts{
    "key", "token", "secret", "passw", "pwd", "passphrase", "signature", "credential", "auth", "session", "assertion"};
// As a whole word only: "code" is OAuth's, "encoding" and "postcode" are not.
constexpr std::array<std::string_view, 8> secret_words{"code", "sig", "pass", "jwt", "sid", "otp", "pin", "hmac"};

bool is_word_byte(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool looks_secret(std::string_view encoded_name) {
  std::string name = percent_decode(encoded_name);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const std::string_view part : secret_parts) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  for (const std::string_view word : secret_words) {
    for (std::size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !is_word_byte(name[at - 1])) && (end == name.size() || !is_word_byte(name[end]))) return true;
    }
  }
  return false;
}

}  // namespace

std::string url::redacted() const {
  std::string out;
  out.reserve(scheme_.size() + 3 + authority_.size() + 3 * endpoint_.unix_path.size() + target_.size());
  out.append(scheme_).append("://");
  if (endpoint_.unix_path.empty()) {
    out.append(authority_);
  } else {
    append_percent_encoded(out, endpoint_.unix_path);
  }
  out.append(path());
  if (path_size_ == target_.size()) return out;
  out.push_back('?');
  std::string_view left = query();
  while (true) {
    const std::size_t end = std::min(left.find_first_of("&;"), left.size());
    const std::string_view parameter = left.substr(0, end);
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos && equals + 1 < parameter.size() &&
        looks_secret(parameter.substr(0, equals))) {
      out.append(parameter, 0, equals + 1).append("REDACTED");
    } else {
      out.append(parameter);
    }
    if (end == left.size()) return out;
    out.push_back(left[end]);
    left.remove_prefix(end + 1);
  }
}

}  // namespace enlace
