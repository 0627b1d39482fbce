#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <enlace/request.hpp>

namespace enlace::cli {

/// What the options of `enlace call` say of its requests: of the one, or of every line of a batch that does not say
/// otherwise itself.
struct request_defaults {
  std::optional<json::value> data;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> tenant, agent, conversation, collection, operation, idempotency_key;
  std::optional<duration> timeout, cache_ttl;
  std::optional<int> max_attempts;
  bool idempotent = false;
  bool use_cache = false;
  bool trail = false;

  [[nodiscard]] request make(std::string_view method, std::string_view url) const;
};

/// The method of a request that names none.
inline constexpr std::string_view default_method = "POST";

}  // namespace enlace::cli
