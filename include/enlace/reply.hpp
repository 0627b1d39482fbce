// Module: message
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/error.hpp>
#include <enlace/headers.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// Where a reply came from.
enum class cache_use : std::uint8_t { none, fresh, stale, shared };

/// A breaker's state as callers see it.
enum class breaker_state : std::uint8_t { closed, open, half_open, forced_open, forced_closed, observe };

[[nodiscard]] std::string_view name_of(cache_use use) noexcept;
[[nodiscard]] std::string_view name_of(breaker_state state) noexcept;

/// One line of a call's decision trail.
struct trail_entry {
  /// Since the call began.
  duration at{};
  /// "attempt", "wait", "rejected", "cache", "stop", ...
  std::string what;
  std::string why;
};

/// What the call itself was like: `metadata.call` of the envelope.
struct call_info {
  std::string service;
  std::string operation;
  /// HTTP status of the last attempt; 0 when there was none.
  int status = 0;
  int attempts = 0;
  duration elapsed{};
  cache_use cached = cache_use::none;
  /// Seconds since a cached value was stored.
  seconds_d age{};
  std::string trace_id;
  breaker_state breaker = breaker_state::closed;
  /// An upstream's own `metadata.call`; null when it sent none.
  json::value upstream;
};

/// How a call ended, always in the same form. Holds its parts behind one pointer. Copyable (deep) and movable; a
/// `const reply` may be read by several threads. A moved-from reply may only be assigned, copied or destroyed.
class reply {
 public:
  /// A success with null data.
  reply();
  explicit reply(enlace::error failed);
  reply(const reply& other);
  reply(reply&& other) noexcept;
  reply& operator=(const reply& other);
  reply& operator=(reply&& other) noexcept;
  ~reply();

  [[nodiscard]] static reply success_with(json::value data, std::string message = "Operation completed");

  [[nodiscard]] bool success() const noexcept;
  explicit operator bool() const noexcept { return success(); }
  [[nodiscard]] const std::string& message() const noexcept;
  /// Null on failure.
  [[nodiscard]] const json::value& data() const noexcept;
  [[nodiscard]] json::value& data() noexcept;
  /// Only on failure; on success it throws `std::logic_error`.
  [[nodiscard]] const enlace::error& error() const;
  [[nodiscard]] enlace::error& error();
  /// The upstream's metadata, without `call`.
  [[nodiscard]] const json::object& metadata() const noexcept;
  [[nodiscard]] json::object& metadata() noexcept;
  /// Top-level keys of an upstream's envelope that are not of the standard form.
  [[nodiscard]] const json::object& extras() const noexcept;
  [[nodiscard]] json::object& extras() noexcept;
  [[nodiscard]] const call_info& call() const noexcept;
  [[nodiscard]] call_info& call() noexcept;
  [[nodiscard]] const enlace::headers& headers() const noexcept;
  [[nodiscard]] enlace::headers& headers() noexcept;
  [[nodiscard]] const std::vector<trail_entry>& trail() const noexcept;
  [[nodiscard]] std::vector<trail_entry>& trail() noexcept;
  void message(std::string text);

  /// The envelope: `success`, `message`, `data`, `metadata`, on failure `error`, then the extras.
  [[nodiscard]] json::object to_json() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace enlace
