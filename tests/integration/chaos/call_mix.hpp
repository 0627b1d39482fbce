#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <enlace/request.hpp>

namespace enlace::test {

/// How a call may be repeated; the letter begins its id.
enum class call_kind : char { get = 'g', post = 'p', keyed_post = 'k', cached = 'c' };

/// One of the driver's calls: all there is to know about it follows from its number.
struct planned_call {
  std::uint64_t number;
  call_kind kind;
  std::string id;
  std::string tenant;
  /// What the answer is to name: the call's id, or the item that the cached ones ask for.
  std::string subject;
  std::chrono::milliseconds timeout;
};

/// Which calls the driver makes. Of ten calls four are GETs, three POSTs that must not be repeated, one is a POST with
/// a key, and two may come from the cache.
class call_mix {
 public:
  struct settings {
    std::string url;
    std::uint64_t tenants = 20;
    /// The upstream is that of `enlace serve`, which has other paths and can misbehave.
    bool bad_upstream = false;
  };
  /// A POST ends by its deadline when nobody answers, the others by that of their attempts, after which they may try
  /// again.
  static constexpr std::chrono::milliseconds post_timeout{800};
  static constexpr std::chrono::milliseconds attempt_timeout{1000};
  static constexpr std::chrono::milliseconds other_timeout{2000};

  explicit call_mix(settings how) : how_(std::move(how)) {}

  [[nodiscard]] planned_call plan(std::uint64_t number) const {
    constexpr std::string_view kinds = "ggpgpkgpcc";
    planned_call call;
    call.number = number;
    call.kind = static_cast<call_kind>(kinds[number % kinds.size()]);
    call.id = static_cast<char>(call.kind) + std::to_string(number);
    const std::uint64_t round = number / kinds.size();
    call.tenant = "tenant-" + std::to_string(round % how_.tenants);
    call.subject = call.kind == call_kind::cached ? "item-" + std::to_string(round / how_.tenants % items) : call.id;
    call.timeout = posts(call) ? post_timeout : other_timeout;
    return call;
  }

  /// `misbehave`: of the bad upstream, one of its misbehaviours instead of its echo.
  [[nodiscard]] request make(const planned_call& call, bool misbehave) const {
    request made(posts(call) ? "POST" : "GET", how_.url + target(call, misbehave));
    made.tenant(call.tenant).timeout(call.timeout);
    if (posts(call)) made.data(object("id", call.id, "text", std::string(200, 'x')));
    if (call.kind == call_kind::keyed_post) made.idempotency_key(call.id);
    if (call.kind == call_kind::cached) made.use_cache().cache_ttl(seconds_d(1));
    return made;
  }

  [[nodiscard]] const settings& how() const noexcept { return how_; }

 private:
  static constexpr std::uint64_t items = 5;

  static bool posts(const planned_call& call) noexcept {
    return call.kind == call_kind::post || call.kind == call_kind::keyed_post;
  }

  [[nodiscard]] std::string target(const planned_call& call, bool misbehave) const {
    if (!how_.bad_upstream) return (call.kind == call_kind::cached ? "/item/" : "/run/") + call.subject;
    constexpr std::string_view bad[] = {"/reset",      "/truncate",     "/garbage",   "/hang",        "/status/503",
                                        "/status/500", "/endless-head", "/bad-chunk", "/two-lengths", "/bomb?mib=64&"};
    std::string path(misbehave ? bad[call.number / 10 % std::size(bad)] : "/echo");
    if (path.back() != '&') path.push_back('?');
    // It counts what has a key: those alone that must not be repeated, since it has no room for all.
    return path.append(call.kind == call_kind::post ? "key=" : "id=").append(call.subject);
  }

  settings how_;
};

}  // namespace enlace::test
