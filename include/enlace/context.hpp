// Module: message
#pragma once

#include <optional>
#include <string>

#include <enlace/clock.hpp>

namespace enlace {

/// On whose behalf a call is made. An id that is not set is taken from the ambient context; one that is set to ""
/// means none. A class with constructors, so that g++ 12 destroys a temporary of it once (docs/hazards).
/// Each setter returns the context itself: `context().tenant("acme").agent("a-7")`.
class context {
 public:
  context() noexcept {}  // NOLINT(modernize-use-equals-default): must not become an aggregate

  context& tenant(std::string id) &;
  context&& tenant(std::string id) &&;
  context& agent(std::string id) &;
  context&& agent(std::string id) &&;
  context& conversation(std::string id) &;
  context&& conversation(std::string id) &&;
  context& collection(std::string id) &;
  context&& collection(std::string id) &&;
  context& request_id(std::string id) &;
  context&& request_id(std::string id) &&;
  context& correlation_id(std::string id) &;
  context&& correlation_id(std::string id) &&;
  context& traceparent(std::string value) &;
  context&& traceparent(std::string value) &&;
  context& tracestate(std::string value) &;
  context&& tracestate(std::string value) &&;
  context& baggage(std::string value) &;
  context&& baggage(std::string value) &&;
  /// No call made under this context lasts past this moment.
  context& deadline(time_point when) &;
  context&& deadline(time_point when) &&;

  [[nodiscard]] const std::optional<std::string>& tenant() const noexcept { return tenant_; }
  [[nodiscard]] const std::optional<std::string>& agent() const noexcept { return agent_; }
  [[nodiscard]] const std::optional<std::string>& conversation() const noexcept { return conversation_; }
  [[nodiscard]] const std::optional<std::string>& collection() const noexcept { return collection_; }
  [[nodiscard]] const std::optional<std::string>& request_id() const noexcept { return request_id_; }
  [[nodiscard]] const std::optional<std::string>& correlation_id() const noexcept { return correlation_id_; }
  [[nodiscard]] const std::optional<std::string>& traceparent() const noexcept { return traceparent_; }
  [[nodiscard]] const std::optional<std::string>& tracestate() const noexcept { return tracestate_; }
  [[nodiscard]] const std::optional<std::string>& baggage() const noexcept { return baggage_; }
  [[nodiscard]] std::optional<time_point> deadline() const noexcept { return deadline_; }

  /// This context over another: what is set here wins, and the earlier deadline of the two.
  [[nodiscard]] context over(const context& ambient) const;

 private:
  std::optional<std::string> tenant_, agent_, conversation_, collection_, request_id_, correlation_id_;
  std::optional<std::string> traceparent_, tracestate_, baggage_;
  std::optional<time_point> deadline_;
};

}  // namespace enlace
