// Any text is a configuration or a list of problems in clean text; a configuration gives every call something sound to
// go by, and can explain it. Input: a configuration, and after a NUL byte environment variables, "NAME=VALUE" a line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/options.hpp>

#include "base/utf8.hpp"
#include "config/duration_text.hpp"
#include "config/size_text.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;

environment variables_from(std::string_view text) {
  environment variables;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  }
  return variables;
}

void check_calls(const options& made, const std::string& host, std::string_view operation) {
  const result<url> target = url::parse("http://" + host + "/");
  if (!target) return;
  const profile effective = made.resolve(target->endpoint(), operation);
  require(effective.timeout > duration::zero(), "a call without time", host);
  require(effective.connect_timeout > duration::zero(), "a connection without time", host);
  require(effective.attempt_timeout >= duration::zero(), "an attempt in the past", host);
  require(effective.cache_ttl >= duration::zero(), "an answer that is old at once", host);
  require(effective.retry.max_attempts >= 1 && effective.retry.cap >= effective.retry.base, "bad retries", host);
  require(effective.breaker.probes >= 1 && effective.breaker.min_calls >= 1, "a breaker that never closes", host);
  require(effective.breaker.failure_rate > 0 && effective.breaker.failure_rate <= 1, "a share that is none", host);
  require(effective.max_in_flight >= 0, "a limit below nothing", host);
  require(!effective.service.empty() && !effective.operation.empty(), "a call without a name", host);
  const auto lines = made.explain(post(target->to_string()).operation(operation));
  require(lines.has_value(), "not explained", host);
  for (const explained_value& line : *lines) {
    require(!line.name.empty() && !line.value.empty() && !line.origin.empty(), "half explained", line.name);
  }
}

void check_texts(std::string_view text) {
  if (const result<duration> time = parse_duration(text, bare_number::seconds)) {
    require(parse_duration(format_duration(*time)).value() == *time, "a duration changed", text);
  }
  if (const result<std::uint64_t> size = parse_size(text)) {
    require(parse_size(format_size(*size)).value() == *size, "a size changed", text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view toml = input.substr(0, input.find('\0'));
  check_texts(toml);
  const environment variables =
      toml.size() == input.size() ? environment() : variables_from(input.substr(toml.size() + 1));

  const result<options> made = options::parse(toml, "enlace.toml", variables);
  if (!made) {
    const error failed = made.error();
    require(failed.code == error_code::configuration_error, "another error", failed.message);
    require(!failed.details.at("problems").as_array().empty(), "no problem", failed.message);
    require(is_valid_utf8(failed.message), "a message that is no text");
    return 0;
  }
  check_calls(*made, "embedding-service:8000", "embedding");
  check_calls(*made, "example.com", "nobody knows");
  for (const auto& [name, service] : made->values().services) {
    for (const std::string& host : service.hosts) check_calls(*made, host, "default");
    for (const auto& [operation, ignored] : service.operations) check_calls(*made, name, operation);
  }
  return 0;
}
