#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <enlace/exchange.hpp>

namespace enlace {

/// Reads the answers of an HTTP/1.1 connection from bytes as they come (RFC 9112), one answer at a time, straight into
/// an `incoming`. Interim answers (1xx) are passed over, trailers are checked and dropped, compressed bodies come out
/// decoded. Anything in the framing that two recipients could read differently is refused.
///
/// Content codings: one that the request did not accept is a failure. gzip, deflate and br are decoded, and then
/// Content-Encoding and Content-Length are taken out of the headers. A coding that the caller's own Accept-Encoding
/// asked for and that isn't known here leaves the body and its headers as they came.
///
/// Belongs to one connection; movable; not thread-safe.
class response_reader {
 public:
  enum class progress : std::uint8_t {
    need_more,
    head,  ///< only after `start_pieces`: the head is complete, the body is to be taken by `next_piece`
    done,
    failed,
  };

  response_reader();
  response_reader(response_reader&&) noexcept;
  response_reader& operator=(response_reader&&) noexcept;
  ~response_reader();

  /// Makes ready for the answer to `request`. Both must stay where they are until it is `done` or `failed`. Status,
  /// headers, body, failure and detail of `into` are reset, and keep their memory.
  void start(incoming& into, const outgoing& request);
  /// For a request without an Accept-Encoding of its own. `max_head_bytes` holds for the sum of all heads, interim ones
  /// included, and again for a chunk's first line and for the trailers; `max_body_bytes` for the body as it comes and
  /// for what it decodes to.
  void start(incoming& into, std::string_view method, std::uint32_t max_head_bytes, std::uint64_t max_body_bytes);

  /// The same for an answer whose body is taken as it comes. It is not decoded, and may be of any length; a coding that
  /// the request did not accept is a failure all the same.
  void start_pieces(incoming& into, const outgoing& request);

  /// Reads from `bytes`; `consumed` says how many it took. On `need_more` that is all of them: what is incomplete is
  /// kept here. On `done` the rest came after the answer, and the connection is not reusable. On `failed`, `failure`
  /// and `detail` of the answer are set and its body is empty.
  progress feed(std::string_view bytes, std::size_t& consumed);
  /// After `head`: more bytes, once the last ones gave no further piece. They must stay where they are until then.
  void more(std::string_view bytes);
  /// The next piece of the body that lies whole in the bytes so far; empty: `need_more`, or it is over, see `where`.
  /// Valid until the next call. The bytes handed to `feed` must stay where they are until it gave an empty one.
  [[nodiscard]] std::string_view next_piece();
  [[nodiscard]] progress where() const noexcept;
  /// The peer closed the connection: completes a body that only its end delimits; else `failed`, as `truncated`.
  progress finish();

  /// Whether any byte of the answer was seen.
  [[nodiscard]] bool started() const noexcept;
  /// After `done`: whether the peer keeps the connection open and its framing left no doubt.
  [[nodiscard]] bool reusable() const noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace enlace
