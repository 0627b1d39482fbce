// Module: message
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/json.hpp>

namespace enlace {

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
  /// Keeps the decision trail (attempts, waits, why) for `reply::trail()`.
  request& trail(bool yes = true) &;

  request&& data(json::value value) && { return std::move(data(std::move(value))); }
  request&& body(std::string bytes, std::string_view content_type) && {
    return std::move(body(std::move(bytes), content_type));
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
  request&& trail(bool yes = true) && { return std::move(trail(yes)); }

  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& url() const noexcept;
  [[nodiscard]] const std::optional<json::value>& data() const noexcept;
  [[nodiscard]] const std::optional<std::string>& body() const noexcept;
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
