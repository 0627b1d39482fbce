// What is taken for a URL is in normal form, is written so that it reads the same, shows no secret in its redacted
// form, and resolves references. Input: a URL, and after a NUL byte a reference.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/url.hpp>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;

bool is_upper_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

bool is_visible(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

void check_same(const url& a, const url& b, const char* what) {
  require(a.scheme() == b.scheme() && a.userinfo() == b.userinfo() && a.endpoint() == b.endpoint(), what,
          a.to_string());
  require(a.authority() == b.authority() && a.target() == b.target() && a.path() == b.path(), what, a.to_string());
  require(a.query() == b.query() && a.same_origin(b), what, a.to_string());
}

void check_target(const url& at) {
  const std::string& target = at.target();
  require(target.starts_with('/') && is_visible(target), "a target that can't stand in a request line", target);
  require(target.find_first_of("#\"<>\\^`{|}") == std::string::npos, "a byte that must be encoded", target);
  for (std::size_t i = target.find('%'); i != std::string::npos; i = target.find('%', i + 1)) {
    require(i + 2 < target.size() && is_upper_hex(target[i + 1]) && is_upper_hex(target[i + 2]), "half a triplet",
            target);
  }
  std::string path(at.path());
  require(target == (path.size() == target.size() ? path : path + '?' + std::string(at.query())), "not its parts",
          target);
  path += '/';
  require(path.find("/./") == std::string::npos && path.find("/../") == std::string::npos, "a dot segment", path);
}

void check_parts(const url& at) {
  check_target(at);
  require(at.scheme() == "http" || at.scheme() == "https" || at.scheme() == "http+unix", "another scheme");
  require(at.endpoint().tls == (at.scheme() == "https"), "TLS is not what the scheme says");
  require(is_visible(at.authority()) && !at.authority().empty(), "an authority that is no Host", at.authority());
  require(at.authority().find_first_of("@/?#\\") == std::string::npos, "an authority with more in it", at.authority());
  require(at.userinfo().empty() || at.userinfo().find(':') != std::string::npos, "a user without a colon");
  const bool to_file = at.scheme() == "http+unix";
  require(to_file == !at.endpoint().unix_path.empty(), "a socket path and another scheme", at.to_string());
  require(to_file == at.host().empty() && to_file == (at.port() == 0), "neither TCP nor a file", at.to_string());
  for (const char c : at.host()) require(c < 'A' || c > 'Z', "a host with capitals", at.host());
}

void check_redacted(const url& at) {
  const std::string shown = at.redacted();
  const result<url> again = url::parse(shown);
  require(again.has_value(), "its redacted form is no URL", shown);
  require(again->userinfo().empty(), "its redacted form has a user", shown);
  require(again->endpoint() == at.endpoint() && again->path() == at.path(), "redacted to another place", shown);
  require(again->redacted() == shown, "redacted twice it is another", shown);

  constexpr std::string_view secret = "k7Qz-pW";
  if (at.to_string().find(secret) != std::string::npos) return;
  url with_secret = at;
  with_secret.append_query("a=b&acc%65ss_Tok%65n=" + std::string(secret) + "&c=d");
  require(with_secret.redacted().find(secret) == std::string::npos, "shows a secret", with_secret.redacted());
  require(url::parse(with_secret.to_string()).has_value(), "a query made it no URL", with_secret.to_string());
}

void check_whole(const url& at) {
  check_parts(at);
  const std::string written = at.to_string();
  require(is_visible(written), "written with spaces or controls", written);
  const result<url> again = url::parse(written);
  require(again.has_value(), "what was written is no URL", written);
  check_same(*again, at, "written, it reads otherwise");
  require(again->to_string() == written, "written twice it is another", written);
}

void check_resolved(const url& base, std::string_view reference) {
  for (const std::string_view nothing : {"", "#", "#f"}) {
    const result<url> same = base.resolve(nothing);
    require(same.has_value(), "an empty reference leads nowhere");
    check_same(*same, base, "an empty reference leads elsewhere");
  }
  const result<url> itself = base.resolve(base.to_string());
  require(itself.has_value(), "it does not resolve to itself");
  check_same(*itself, base, "it resolves to another");
  if (!base.target().starts_with("//")) check_same(base.resolve(base.target()).value(), base, "its target is another");

  const result<url> next = base.resolve(reference);
  if (!next) {
    require(next.error().code == error_code::validation_error, "another error", next.error().message);
    return;
  }
  check_whole(*next);
  const bool has_authority = reference.starts_with("//") || reference.find(':') != std::string_view::npos;
  if (has_authority) return;
  require(base.same_origin(*next) && base.userinfo() == next->userinfo(), "a path leads to another origin", reference);
  if (reference.starts_with('?')) require(next->path() == base.path(), "a query leads to another path", reference);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  const std::string_view text = input.until('\0');
  const std::string_view reference = input.rest();
  require(percent_decode(percent_encode(reference)) == reference, "encoded and decoded it is another", reference);

  const result<url> read = url::parse(text);
  if (!read) {
    require(read.error().code == error_code::validation_error, "another error", read.error().message);
    return 0;
  }
  check_whole(*read);
  check_redacted(*read);
  check_resolved(*read, reference);
  return 0;
}
