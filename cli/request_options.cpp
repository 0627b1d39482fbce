#include "cli/request_options.hpp"

#include <string_view>
#include <utility>

#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "config/duration_text.hpp"

namespace enlace::cli {

namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::pair<std::string, std::string> read_header(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    throw CLI::ValidationError("-H", "a header is 'Name: value', not '" + text + "'");
  }
  return {text.substr(0, colon), trimmed(std::string_view(text).substr(colon + 1))};
}

/// An option that may be given as an empty text, which is not the same as not at all.
void add_text(CLI::App& command, const std::string& name, std::optional<std::string>& into, const std::string& help,
              const std::string& kind) {
  auto take = [&into](const std::string& text) { into = text; };
  command.add_option_function<std::string>(name, take, help)->option_text(kind);
}

}  // namespace

/// An option that is a duration.
void add_duration(CLI::App& command, const std::string& name, std::optional<duration>& into, const std::string& help) {
  auto read = [name, &into](const std::string& text) {
    const result<duration> value = parse_duration(text);
    if (!value) throw CLI::ValidationError(name, value.error().message);
    into = *value;
  };
  command.add_option_function<std::string>(name, read, help)->option_text("TIME");
}

void add_request_options(CLI::App& command, request_arguments& given) {
  request_defaults& of = given.defaults;
  command
      .add_option("target", given.target,
                  "What to call: a method, POST when none is given, and an http, https or http+unix URL")
      ->option_text("[METHOD] URL")
      ->expected(0, 2);
  add_text(command, "-d,--data", given.data,
           "JSON to send: as the body, or as query parameters of GET, HEAD, DELETE and OPTIONS; @FILE or - (stdin) to "
           "read it from there",
           "JSON|@FILE|-");
  auto take_headers = [&of](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) of.headers.push_back(read_header(text));
  };
  command
      .add_option_function<std::vector<std::string>>("-H,--header", take_headers,
                                                     "Header to send; may be given several times")
      ->option_text("'K: V'")
      ->allow_extra_args(false);
  add_text(command, "--tenant", of.tenant, "Tenant on whose behalf (X-Tenant-ID)", "ID");
  add_text(command, "--agent", of.agent, "Agent (X-Agent-ID)", "ID");
  add_text(command, "--conversation", of.conversation, "Conversation (X-Conversation-ID)", "ID");
  add_text(command, "--collection", of.collection, "Collection (X-Collection-ID)", "ID");
  add_text(command, "--operation", of.operation,
           "Kind of call, like embedding or rag_query: decides timeout, idempotency and caching", "NAME");
  add_duration(command, "--timeout", of.timeout, "For the whole call, retries and waits included");
  auto take_attempts = [&of](int count) { of.max_attempts = count; };
  command.add_option_function<int>("--max-attempts", take_attempts, "Attempts at most, the first included")
      ->option_text("N");
  command.add_flag("--idempotent", of.idempotent, "Running it twice does no harm: a POST may be retried too");
  add_text(command, "--idempotency-key", of.idempotency_key, "Key by which the service knows a retry", "K");
  command.add_flag("--trail", given.defaults.trail, "Print to stderr what was decided when: attempts, waits, and why");
  command
      .add_option("-c,--config", given.config_file, "Configuration file; default $ENLACE_CONFIG, else ./enlace.toml")
      ->option_text("FILE");
}

void request_arguments::read_data() {
  if (!data) return;
  const bool file = data->starts_with('@');
  const std::string content = *data == "-" ? read_whole("-") : file ? read_whole(data->substr(1)) : *data;
  result<json::value> value = parse_json(content);
  if (!value) throw usage_error("-d: " + value.error().message);
  defaults.data = *std::move(value);
}

request request_arguments::make_request() const {
  const bool has_method = target.size() == 2;
  const std::string_view method = has_method ? std::string_view(target.front()) : default_method;
  return defaults.make(method, target.back());
}

options request_arguments::load_configuration() const {
  result<options> configuration = config_file.empty() ? options::load_default() : options::load(config_file);
  if (!configuration) throw usage_error(configuration.error().message);
  return *std::move(configuration);
}

}  // namespace enlace::cli
