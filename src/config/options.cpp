#include <filesystem>
#include <system_error>
#include <utility>

#include <enlace/options.hpp>

#include "config/default_file.hpp"
#include "config/draft.hpp"
#include "config/host_entry.hpp"
#include "config/host_index.hpp"
#include "config/key_depth.hpp"
#include "config/operation_levels.hpp"
#include "config/text_file.hpp"
#include "config/toml_reader.hpp"
#include "context/internal_hosts.hpp"

namespace enlace {

namespace {

// Far more than any key of ours has; toml++ does not bound it.
constexpr int most_key_parts = 16;

/// Reads the text of a file into the draft.
void read_text(std::string_view toml, const surroundings& around, draft& into) {
  const auto where = [&](int line) { return around.file + ":" + std::to_string(line); };
  if (const int line = line_of_deep_key(toml, most_key_parts); line != 0) {
    into.problems.add(where(line), line, "this key has too many parts");
    return;
  }
  const auto document = read_toml(toml);
  if (document) {
    read_document(*document, around, into);
  } else {
    into.problems.add(where(document.error().line), document.error().line, document.error().what);
  }
}

}  // namespace

options::options() : internal_(std::make_shared<const internal_hosts>()) {}

result<options> options::make(settings values) {
  draft whole;
  whole.values = std::move(values);
  return finish(std::move(whole));
}

result<options> options::parse(std::string_view toml, std::string_view file_name, const environment& variables) {
  draft whole;
  const surroundings of_file{&variables, std::string(file_name), read_text_file};
  read_text(toml, of_file, whole);
  const surroundings of_process{&variables, std::string(), read_text_file};
  read_variables(of_process, whole);
  return finish(std::move(whole));
}

result<options> options::load(const std::string& path, const environment& variables) {
  const result<std::string> text = read_text_file(path);
  if (!text) return text.error();
  return parse(*text, path, variables);
}

result<options> options::load_default(const environment& variables) {
  const default_file file = find_default_file(variables);
  std::error_code ignored;
  if (!file.must_exist && !std::filesystem::exists(file.path, ignored)) return parse({}, file.path, variables);
  return load(file.path, variables);
}

result<options> options::finish(draft whole) {
  check_draft(whole);
  options made;
  made.services_by_host_ = services_by_host(whole);
  if (!whole.problems.empty()) return whole.problems.to_error();
  made.values_ = std::move(whole.values);
  made.origins_ = std::move(whole.origins);
  made.internal_ = std::make_shared<const internal_hosts>(made.values_.context.internal_hosts);
  return made;
}

const std::string* options::configured_at(const endpoint& to) const {
  const endpoint_keys keys = keys_of(to);
  auto found = services_by_host_.find(keys.exact);
  if (found == services_by_host_.end()) found = services_by_host_.find(keys.any_port);
  return found == services_by_host_.end() ? nullptr : &found->second;
}

std::string options::service_of(const endpoint& to) const {
  const std::string* configured = configured_at(to);
  return configured != nullptr ? *configured : keys_of(to).exact;
}

profile options::resolve(const endpoint& to, std::string_view operation) const {
  const std::string* name = configured_at(to);
  const service_settings service = name != nullptr ? values_.services.at(*name) : service_settings();
  const operation_levels levels(values_, name, operation);
  operation_settings effective;
  for (const option_row& row : options_of(table_kind::operation)) row.set(&effective, levels.find(row).value);

  profile made;
  made.service = service_of(to);
  made.operation = levels.operation();
  made.internal = service.internal.value_or(internal_->contains(to));
  made.timeout = *effective.timeout;
  made.connect_timeout = service.connect_timeout;
  made.attempt_timeout = service.attempt_timeout;
  made.idempotent = *effective.idempotent;
  made.retry = service.retry;
  made.use_cache = *effective.use_cache;
  made.cacheable = *effective.cache_ttl != never_cached;
  made.cache_ttl = made.cacheable ? *effective.cache_ttl : duration::zero();
  made.cache_scope = *effective.cache_scope;
  made.vary = *std::move(effective.vary);
  made.stale_if_error = service.stale_if_error;
  made.first_event_timeout = *effective.first_event_timeout;
  made.between_events_timeout = *effective.between_events_timeout;
  made.heartbeats = *effective.heartbeats;
  made.tls = values_.tls;
  if (service.ca_file) made.tls.ca_file = *service.ca_file;
  made.breaker = service.breaker;
  made.breaker_per_operation = service.breaker_per_operation;
  made.envelope_failures = service.envelope_failures;
  made.max_in_flight = service.max_in_flight.value_or(values_.limits.max_in_flight);
  return made;
}

}  // namespace enlace
