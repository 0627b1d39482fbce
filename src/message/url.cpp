#include <algorithm>
#include <array>
#include <utility>

#include <enlace/headers.hpp>
#include <enlace/url.hpp>

#include "message/host.hpp"
#include "message/percent.hpp"

namespace enlace {
namespace {

constexpr std::string_view controls_in_target = "it has a control character; write it percent-encoded";

// Never with the URL in it: that may hold a password or a token.
error wrong_url(std::string_view why) {
  boost::json::object details;
  details["field"] = "url";
  return error(error_code::validation_error, std::string("the URL can't be used: ").append(why), std::move(details));
}

bool is_letter(char c) noexcept {
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}

/// The length of "scheme" in "scheme:...", or npos when `text` is a relative reference.
std::size_t scheme_size(std::string_view text) noexcept {
  if (text.empty() || !is_letter(text[0])) return std::string_view::npos;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') return i;
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return std::string_view::npos;
  }
  return std::string_view::npos;
}

/// Takes "scheme://" off `text`. The scheme as a literal; empty when it is not one of ours.
std::string_view take_scheme(std::string_view& text) noexcept {
  static constexpr std::array<std::string_view, 3> starts{"http://", "https://", "http+unix://"};
  for (const std::string_view start : starts) {
    if (!text.starts_with(start) && !equals_ignoring_case(text.substr(0, start.size()), start)) continue;
    text.remove_prefix(start.size());
    return start.substr(0, start.size() - 3);
  }
  return {};
}

/// The length of what stands before the path, query or fragment; `at` is where its last '@' stands, or npos.
std::size_t authority_size(std::string_view text, std::size_t& at) noexcept {
  at = std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!has_url_byte(text[i], url_byte::around_host)) continue;
    if (text[i] != '@') return i;
    at = i;
  }
  return text.size();
}

/// How many bytes of `text` from `start` on may stand as they are.
std::size_t plain_until(std::string_view text, std::size_t start, std::uint8_t allowed) noexcept {
  while (start < text.size() && has_url_byte(text[start], allowed)) ++start;
  return start;
}

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// RFC 3986, 5.2.4, for an absolute path.
std::string without_dot_segments(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t next = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at + 1, next - at - 1);
    const bool up = segment == "..";
    if (up && !out.empty()) out.resize(out.rfind('/'));
    if (!up && segment != ".") {
      out.append(path, at, next - at);
    } else if (next == path.size()) {
      out.push_back('/');
    }
    at = next;
  }
  return out;
}

/// "user:password" without its percent-encoding. Basic credentials need the colon, and can't have one in the name
/// (RFC 7617, 2). Gives what is wrong, or nothing.
std::string_view read_userinfo(std::string_view text, std::string& userinfo) {
  if (text.find('@') != std::string_view::npos) return "it has two '@' before the path; write one of a password as %40";
  if (text.empty()) return {};
  // A backslash above all: to browsers it ends the host, and what is a password here would be a path there.
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c == '%' || has_url_byte(c, url_byte::path); })) {
    return "its user name or password has a character that must be percent-encoded";
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  userinfo = percent_decode(text.substr(0, colon));
  if (userinfo.find(':') != std::string_view::npos) return "its user name has a ':' in it";
  userinfo.push_back(':');
  if (colon < text.size()) userinfo.append(percent_decode(text.substr(colon + 1)));
  if (has_control(userinfo)) return "its user name or password has a control character";
  return {};
}

}  // namespace

result<url> url::parse(std::string_view text) {
  result<url> made(boost::system::in_place_value);
  if (const std::string_view wrong = made->read(text); !wrong.empty()) made = wrong_url(wrong);
  return made;
}

/// Gives what is wrong, or nothing.
std::string_view url::read(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (is_space(text.front()) || is_space(text.back())) return "it has white space around it";
  scheme_ = take_scheme(text);
  if (scheme_.empty()) return "it must begin with http://, https:// or http+unix://";
  endpoint_.tls = scheme_ == "https";
  // Nearly always nothing but host and port stands before the first slash. Then it is taken at once; neither may have
  // an '@', '?' or '#' in it.
  std::size_t size = std::min(text.find('/'), text.size());
  if (!read_host(text.substr(0, size)).empty()) {
    std::size_t at = std::string_view::npos;
    size = authority_size(text, at);
    std::string_view wrong;
    if (at != std::string_view::npos) wrong = read_userinfo(text.substr(0, at), userinfo_);
    const std::size_t host = at + 1;  // 0 after npos
    if (wrong.empty()) wrong = read_host(text.substr(host, size - host));
    if (!wrong.empty()) return wrong;
  }
  return assign_target(text.substr(size)) ? std::string_view() : controls_in_target;
}

std::string_view url::read_host(std::string_view text) {
  if (scheme_ != "http+unix") return parse_host_port(text, endpoint_, authority_);
  authority_ = "localhost";
  return parse_socket_path(text, endpoint_);
}

/// Takes "/path?query#fragment", each part of which may be missing. False when there is a control in it.
bool url::assign_target(std::string_view text) {
  // Nearly every target is in normal form already, and is known to be after one look at each byte.
  path_size_ = plain_until(text, 0, url_byte::path);
  const std::size_t end =
      path_size_ < text.size() && text[path_size_] == '?' ? plain_until(text, path_size_, url_byte::query) : path_size_;
  if (end == text.size() && path_size_ != 0 && text.substr(0, path_size_).find('.') == std::string_view::npos) {
    target_ = text;
    return true;
  }
  return normalise_target(text);
}

bool url::normalise_target(std::string_view text) {
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    if (has_control(text.substr(hash))) return false;
    text = text.substr(0, hash);
  }
  const std::size_t mark = std::min(text.find('?'), text.size());
  const std::string_view path = text.substr(0, mark);
  target_.clear();
  target_.reserve(text.size() + 1);
  if (path.empty()) target_.push_back('/');
  if (!append_normalised(target_, path, url_byte::path)) return false;
  // After normalising, so that %2E%2E goes up as well: servers decode before they look.
  if (target_.find("/.") != std::string_view::npos) target_ = without_dot_segments(target_);
  path_size_ = target_.size();
  if (mark == text.size()) return true;
  target_.push_back('?');
  return append_normalised(target_, text.substr(mark + 1), url_byte::query);
}

std::string url::service_name() const {
  if (!endpoint_.unix_path.empty()) return "unix:" + endpoint_.unix_path;
  const bool bracketed = endpoint_.host.find(':') != std::string_view::npos;
  std::string name;
  name.reserve(endpoint_.host.size() + 8);
  name.append(bracketed ? "[" : "").append(endpoint_.host).append(bracketed ? "]:" : ":");
  return name.append(std::to_string(endpoint_.port));
}

std::string_view url::path() const noexcept { return std::string_view(target_).substr(0, path_size_); }

std::string_view url::query() const noexcept {
  return path_size_ < target_.size() ? std::string_view(target_).substr(path_size_ + 1) : std::string_view();
}

void url::append_query(std::string_view encoded) {
  if (encoded.empty()) return;
  target_.reserve(target_.size() + 1 + encoded.size());
  if (path_size_ == target_.size()) {
    target_.push_back('?');
  } else if (target_.back() != '&' && target_.size() > path_size_ + 1) {
    target_.push_back('&');
  }
  target_.append(encoded);
}

result<url> url::resolve(std::string_view reference) const {
  if (scheme_size(reference) != std::string_view::npos) return parse(reference);
  if (reference.starts_with("//")) return parse(std::string(scheme_).append(":").append(reference));
  std::string target;
  if (reference.empty() || reference[0] == '#') {
    target = target_;
  } else if (reference[0] == '?') {
    target = path();
  } else if (reference[0] != '/') {
    target = path().substr(0, path().rfind('/') + 1);
  }
  url next = *this;
  if (!next.assign_target(target.append(reference))) return wrong_url(controls_in_target);
  return next;
}

bool url::same_origin(const url& other) const noexcept {
  return scheme_ == other.scheme_ && endpoint_ == other.endpoint_;
}

std::string url::to_string() const {
  std::string out(scheme_);
  out.append("://");
  if (!userinfo_.empty()) {
    const std::size_t colon = userinfo_.find(':');
    append_percent_encoded(out, std::string_view(userinfo_).substr(0, colon));
    out.push_back(':');
    append_percent_encoded(out, std::string_view(userinfo_).substr(colon + 1));
    out.push_back('@');
  }
  if (endpoint_.unix_path.empty()) {
    out.append(authority_);
  } else {
    append_percent_encoded(out, endpoint_.unix_path);
  }
  return out.append(target_);
}

}  // namespace enlace
