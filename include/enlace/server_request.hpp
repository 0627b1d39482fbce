// Module: server
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/result.hpp>

namespace enlace {

/// A request as a server's handler sees it: whole, with its body. Immutable.
class server_request {
 public:
  server_request(std::string method, std::string target, enlace::headers fields, std::string body);

  [[nodiscard]] const std::string& method() const noexcept { return method_; }
  /// Path and query as they came.
  [[nodiscard]] const std::string& target() const noexcept { return target_; }
  /// As it came, not percent-decoded.
  [[nodiscard]] std::string_view path() const noexcept;
  /// Without the question mark; empty when there is none.
  [[nodiscard]] std::string_view query() const noexcept;
  /// The query's names and values in their order, percent-decoded, a plus sign as a space.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> parameters() const;
  /// The first parameter of that name.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  [[nodiscard]] const enlace::headers& headers() const noexcept { return headers_; }
  [[nodiscard]] const std::string& body() const noexcept { return body_; }

 private:
  std::string method_;
  std::string target_;
  enlace::headers headers_;
  std::string body_;
};

/// On whose behalf the request was made: the ids, the trace and the baggage of its headers, and as the deadline the
/// time it grants (`X-Enlace-Timeout-Ms`, `grpc-timeout`, `x-envoy-expected-rq-timeout-ms`), counted from `now`.
/// A handler need not ask: it runs under this context already.
/// Errors: VALIDATION_ERROR for an id that may not be.
[[nodiscard]] result<context> inbound_context(const server_request& request, time_point now);

}  // namespace enlace
