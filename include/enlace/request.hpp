// Module: message
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/body_producer.hpp>
#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// What the elements of a stream are.
enum class stream_format : std::uint8_t {
  automatic,  ///< by the answer's content type
  sse,        ///< server-sent events, as the WHATWG's HTML standard has them
  ndjson,     ///< a JSON value a line
  bytes,      ///< pieces of the body as they come, whatever it is
};

/// One call to be made. Built by a factory and setters, which can be chained:
///
///     enlace::post("http://embedding-service:8000/api/generate").data(enlace::object("text", text)).tenant("acme")
///
/// What is not set comes from the operation, the service and the built-in values, in this order. Nothing is checked
/// here: a call with a bad request ends at once in VALIDATION_ERROR. Holds its parts behind one pointer, so that a
/// coroutine's frame stays small. Copyable (deep) and movable; not thread-safe. A moved-from request may only be
/// assigned or destroyed.
class request {
 public:
  request(std::string_view method, std::string_view url);
  request(const request& other);
  request(request&& other) noexcept;
  request& operator=(const request& other);
  request& operator=(request&& other) noexcept;
  ~request();

  /// JSON body for POST, PUT and PATCH; query parameters for GET, HEAD, DELETE and OPTIONS.
  request& data(json::value value) &;
  /// Raw bytes as the body. Wins over `data`.
  request& body(std::string bytes, std::string_view content_type) &;
  /// A body that is made on the way, for one larger than memory: `produce` is called for each piece when there is room
  /// for it. In chunks, or with a Content-Length where `length` (bytes) is given and must then be kept. Once the first
  /// piece was asked for, the request is never sent again. Wins over `body` and `data`.
  request& body_stream(body_producer produce, std::string_view content_type,
                       std::optional<std::uint64_t> length = std::nullopt) &;
  /// Replaces a header of that name.
  request& header(std::string_view name, std::string_view value) &;
  request& tenant(std::string id) &;
  request& agent(std::string id) &;
  request& conversation(std::string id) &;
  request& collection(std::string id) &;
  /// Takes over every id that `ids` has.
  request& context(enlace::context ids) &;
  /// "embedding", "rag_query", ...; decides timeout, idempotency and cache lifetime. Default: "default".
  request& operation(std::string_view name) &;
  /// For the whole call, in seconds: connect, attempts, waits and body. More than zero.
  request& timeout(seconds_d whole_call) &;
  /// Of all attempts, the first included; at least 1.
  request& max_attempts(int count) &;
  /// Whether running the request twice does no harm.
  request& idempotent(bool yes = true) &;
  /// Sent as `Idempotency-Key`, the same on each attempt; makes the request idempotent.
  request& idempotency_key(std::string_view key) &;
  request& use_cache(bool yes = true) &;
  /// In seconds. 0: do not cache.
  request& cache_ttl(seconds_d ttl) &;
  /// How a stream's answer is read; default: as its content type says.
  request& stream_as(stream_format format) &;
  /// Of a stream, in seconds: from an attempt's beginning to its first event. More than zero.
  request& first_event_timeout(seconds_d time) &;
  /// Of a stream, in seconds: from one event to the next. More than zero.
  request& between_events_timeout(seconds_d time) &;
  /// Of a stream: comments, the heartbeats of SSE, put off `between_events_timeout`.
  request& heartbeats(bool keep_alive = true) &;
  /// Of an SSE stream: after a break it is asked for again, from the event after the last one that had an id.
  request& resume(bool yes = true) &;
  /// Keeps the decision trail (attempts, waits, why) for `reply::trail()`.
  request& trail(bool yes = true) &;

  request&& data(json::value value) && { return std::move(data(std::move(value))); }
  request&& body(std::string bytes, std::string_view content_type) && {
    return std::move(body(std::move(bytes), content_type));
  }
  request&& body_stream(body_producer produce, std::string_view content_type,
                        std::optional<std::uint64_t> length = std::nullopt) && {
    return std::move(body_stream(std::move(produce), content_type, length));
  }
  request&& header(std::string_view name, std::string_view value) && { return std::move(header(name, value)); }
  request&& tenant(std::string id) && { return std::move(tenant(std::move(id))); }
  request&& agent(std::string id) && { return std::move(agent(std::move(id))); }
  request&& conversation(std::string id) && { return std::move(conversation(std::move(id))); }
  request&& collection(std::string id) && { return std::move(collection(std::move(id))); }
  request&& context(enlace::context ids) && { return std::move(context(std::move(ids))); }
  request&& operation(std::string_view name) && { return std::move(operation(name)); }
  request&& timeout(seconds_d whole_call) && { return std::move(timeout(whole_call)); }
  request&& max_attempts(int count) && { return std::move(max_attempts(count)); }
  request&& idempotent(bool yes = true) && { return std::move(idempotent(yes)); }
  request&& idempotency_key(std::string_view key) && { return std::move(idempotency_key(key)); }
  request&& use_cache(bool yes = true) && { return std::move(use_cache(yes)); }
  request&& cache_ttl(seconds_d ttl) && { return std::move(cache_ttl(ttl)); }
  request&& stream_as(stream_format format) && { return std::move(stream_as(format)); }
  request&& first_event_timeout(seconds_d time) && { return std::move(first_event_timeout(time)); }
  request&& between_events_timeout(seconds_d time) && { return std::move(between_events_timeout(time)); }
  request&& heartbeats(bool keep_alive = true) && { return std::move(heartbeats(keep_alive)); }
  request&& resume(bool yes = true) && { return std::move(resume(yes)); }
  request&& trail(bool yes = true) && { return std::move(trail(yes)); }

  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& url() const noexcept;
  [[nodiscard]] const std::optional<json::value>& data() const noexcept;
  [[nodiscard]] const std::optional<std::string>& body() const noexcept;
  [[nodiscard]] const body_producer& body_stream() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept;
  [[nodiscard]] const std::string& content_type() const noexcept;
  [[nodiscard]] const enlace::headers& headers() const noexcept;
  [[nodiscard]] const enlace::context& ids() const noexcept;
  [[nodiscard]] const std::string& operation() const noexcept;
  [[nodiscard]] std::optional<seconds_d> timeout() const noexcept;
  [[nodiscard]] std::optional<int> max_attempts() const noexcept;
  [[nodiscard]] std::optional<bool> idempotent() const noexcept;
  [[nodiscard]] const std::string& idempotency_key() const noexcept;
  [[nodiscard]] std::optional<bool> use_cache() const noexcept;
  [[nodiscard]] std::optional<seconds_d> cache_ttl() const noexcept;
  [[nodiscard]] stream_format stream_as() const noexcept;
  [[nodiscard]] std::optional<seconds_d> first_event_timeout() const noexcept;
  [[nodiscard]] std::optional<seconds_d> between_events_timeout() const noexcept;
  [[nodiscard]] std::optional<bool> heartbeats() const noexcept;
  [[nodiscard]] bool resume() const noexcept;
  [[nodiscard]] bool trail() const noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

[[nodiscard]] request get(std::string_view url);
[[nodiscard]] request post(std::string_view url);
[[nodiscard]] request put(std::string_view url);
[[nodiscard]] request patch(std::string_view url);
[[nodiscard]] request del(std::string_view url);
[[nodiscard]] request head(std::string_view url);

}  // namespace enlace
