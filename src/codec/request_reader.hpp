#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <enlace/headers.hpp>

namespace enlace {

/// Reads the requests of an HTTP/1.1 connection from bytes as they come (RFC 9112), one at a time. Framing is strict,
/// so that no proxy in front can see other requests than this reader does (request smuggling): one Content-Length of
/// digits alone, or Transfer-Encoding "chunked" alone, never both; no bare CR or LF; no folded lines.
/// Trailers are checked and dropped.
///
/// Belongs to one connection; not thread-safe.
class request_reader {
 public:
  enum class progress : std::uint8_t { need_more, done, failed };

  /// `max_head_bytes` holds for request line and fields, and again for a chunk's first line and for the trailers.
  request_reader(std::uint32_t max_head_bytes, std::uint64_t max_body_bytes);
  ~request_reader();

  /// Makes ready for the next request.
  void start();

  /// Reads from `bytes`; `consumed` says how many it took. On `need_more` that is all of them: what is incomplete is
  /// kept here. On `done` the rest belongs to the next request. After `failed`, nothing more can be read from the
  /// connection.
  progress feed(std::string_view bytes, std::size_t& consumed);

  /// On `need_more`: whether the client waits for "100 Continue" before it sends the body, of which nothing has come.
  [[nodiscard]] bool wants_continue() const noexcept;
  /// After `failed`: the status to answer with (400, 413, 417, 431, 501), and what was wrong.
  [[nodiscard]] int fault_status() const noexcept;
  [[nodiscard]] std::string_view fault() const noexcept;

  /// After `done`. After `failed` they hold what was read until then.
  [[nodiscard]] std::string& method() noexcept;
  /// Path and query, also where the request line has an absolute URL; "*" for OPTIONS alone.
  [[nodiscard]] std::string& target() noexcept;
  [[nodiscard]] enlace::headers& headers() noexcept;
  [[nodiscard]] std::string& body() noexcept;
  /// Whether the client speaks HTTP/1.1, not 1.0.
  [[nodiscard]] bool http_1_1() const noexcept;
  /// After `done`: whether the client lets the connection stand.
  [[nodiscard]] bool keep_alive() const noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace enlace
