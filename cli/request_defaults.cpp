#include "cli/request_defaults.hpp"

namespace enlace::cli {

request request_defaults::make(std::string_view method, std::string_view url) const {
  request made(method, url);
  if (data) made.data(*data);
  for (const auto& [name, value] : headers) made.header(name, value);
  if (tenant) made.tenant(*tenant);
  if (agent) made.agent(*agent);
  if (conversation) made.conversation(*conversation);
  if (collection) made.collection(*collection);
  if (operation) made.operation(*operation);
  if (timeout) made.timeout(*timeout);
  if (max_attempts) made.max_attempts(*max_attempts);
  if (idempotent) made.idempotent();
  if (idempotency_key) made.idempotency_key(*idempotency_key);
  if (use_cache) made.use_cache();
  if (cache_ttl) made.cache_ttl(*cache_ttl);
  if (trail) made.trail();
  return made;
}

}  // namespace enlace::cli
