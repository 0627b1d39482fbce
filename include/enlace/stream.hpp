// Module: client
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/headers.hpp>
#include <enlace/model_output.hpp>
#include <enlace/reply.hpp>
#include <enlace/request.hpp>
#include <enlace/stream_event.hpp>

namespace enlace {

/// How a stream stands.
enum class stream_end : std::uint8_t {
  open,         ///< it goes on, or has not begun
  finished,     ///< whole: the body ended as its framing says, or with the stream's own last word (`[DONE]`, `"done":
                ///< true`)
  failed,       ///< no event came: the error is what a call would have ended with
  interrupted,  ///< the connection broke after events
  timed_out,    ///< after events: none within `between_events_timeout`, or the time for the whole is over
  reported,     ///< the upstream sent an error in the stream
  unusable,     ///< an event longer than 256 KiB, or bytes that are none
  cancelled,    ///< by the caller
};

/// "finished", "interrupted", ...
[[nodiscard]] std::string_view name_of(stream_end end) noexcept;

/// An answer that is read as it comes:
///
///     enlace::stream tokens = client.stream(enlace::post(url).data(question));
///     for (const auto* event = co_await tokens.next(); event != nullptr; event = co_await tokens.next()) {
///       use(event->data);
///     }
///     if (tokens.ended() != enlace::stream_end::finished) log(tokens.ending().error().message);
///
/// Nothing is sent before the first `next`. Up to the first event all is as for a call: context, deadline, breaker,
/// retries, limits. After it nothing is sent again, but for a stream that is to be resumed (`request::resume`). The
/// breaker learns of the first event; the places in the limits are kept to the end.
///
/// Bytes are read from the network only while `next` waits, so a slow reader slows the sender down, and at most 256 KiB
/// are kept. Destroyed, it closes its connection at once; not to be destroyed or moved while a `next` waits. Belongs to
/// one loop, one `next` at a time.
class stream {
 public:
  class state;
  /// For `client::stream` and `stream_service`.
  explicit stream(std::unique_ptr<state> made) noexcept;
  stream(stream&& other) noexcept;
  stream& operator=(stream&& other) noexcept;
  ~stream();

  /// Waits for the next event; null when there is none any more, and `ended()` says why. What it points to is valid
  /// until the next call. Never throws for what happens on the wire. Cancelled through the coroutine's cancellation
  /// slot it ends at once, and the connection is closed.
  boost::asio::awaitable<const stream_event*> next();

  /// Waits for the next piece of text that a language model says: events of OpenAI's chat, completion and responses
  /// streams and of Ollama's; of a stream of bytes the bytes. Events without text are passed over. Empty: as null of
  /// `next`.
  boost::asio::awaitable<std::string_view> next_text();
  /// What `next_text` gave so far, ...
  [[nodiscard]] const std::string& text() const noexcept;
  /// ... and what the model has said about it: usage, finish reason, its name.
  [[nodiscard]] const model_output& output() const noexcept;

  /// Reads the rest, and folds it into one reply. `data` is, of a language model's stream, `{text, model,
  /// finish_reason, usage}`; of other events and lines an array of their values, where data that is no JSON is a
  /// string; of bytes
  /// `{"text"}` or `{"base64", "content_type"}`; of a plain JSON answer what a call would have given. At most as large
  /// as an answer may be (`max_body_bytes`). An ending other than `finished` is a failure.
  boost::asio::awaitable<reply> collect();

  [[nodiscard]] stream_end ended() const noexcept;
  /// How it ended, in the standard form: a success with null data, or the error; with `call()`, `headers()`, `trail()`.
  /// Only once it has ended. The details of an error after the first event: `{error, events, last_event_id}`, where
  /// `error` is "stream_interrupted", "between_events_timeout", "stream_timeout", "error_event" or "event_too_large".
  [[nodiscard]] const reply& ending() const noexcept;
  /// Of the answer that the events come from; 0 before the first.
  [[nodiscard]] int status() const noexcept;
  [[nodiscard]] const enlace::headers& headers() const noexcept;
  /// What its elements are: sse, ndjson or bytes; `automatic` before the first.
  [[nodiscard]] stream_format format() const noexcept;
  /// Of SSE: whether it ended with `data: [DONE]`, which is no event.
  [[nodiscard]] bool saw_done() const noexcept;
  /// Events so far.
  [[nodiscard]] std::uint64_t events() const noexcept;
  /// Of SSE: the id of the last event that had one.
  [[nodiscard]] const std::string& last_event_id() const noexcept;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace enlace
