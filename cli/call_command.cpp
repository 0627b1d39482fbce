// enlace call: one call, the same call many times, or a batch of calls.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "cli/call_run.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "config/duration_text.hpp"

namespace enlace::cli {

namespace {

constexpr const char* call_footer =
    "Durations are like 500ms, 2.5s, 10m or 1h. The answer is one JSON object, whatever happens:\n"
    "success, message, data, metadata and, when the call failed, error.\n"
    "Exit status: 0 every call succeeded, 1 a call failed, 2 wrong usage or configuration.\n\n"
    "Examples:\n"
    "  enlace call http://embedding:8000/api/generate -d '{\"text\": \"hello\"}' --tenant acme\n"
    "  enlace call GET http://search:8000/find -d '{\"q\": \"enlace\"}' --timeout 2.5s --trail\n"
    "  enlace call http://llm:8000/answer -d @question.json --operation llm_generation --cache\n"
    "  enlace call GET http://search:8000/health --repeat 1000 --concurrency 20 --interval 10ms\n"
    "  echo '{\"method\": \"GET\", \"url\": \"http://search:8000/health\"}' | enlace call --batch -";

/// The command line as it was given.
struct call_arguments {
  std::vector<std::string> target;
  std::optional<std::string> data;
  std::string config_file;
  std::string batch_file;
  std::size_t repeat = 1;
  std::size_t concurrency = 1;
  duration interval{};
  request_defaults defaults;
};

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

/// An option that is a duration.
void add_duration(CLI::App& command, const std::string& name, std::optional<duration>& into, const std::string& help) {
  auto read = [name, &into](const std::string& text) {
    const result<duration> value = parse_duration(text);
    if (!value) throw CLI::ValidationError(name, value.error().message);
    into = *value;
  };
  command.add_option_function<std::string>(name, read, help)->option_text("TIME");
}

/// An option that may be given as an empty text, which is not the same as not at all.
void add_text(CLI::App& command, const std::string& name, std::optional<std::string>& into, const std::string& help,
              const std::string& kind) {
  auto take = [&into](const std::string& text) { into = text; };
  command.add_option_function<std::string>(name, take, help)->option_text(kind);
}

void add_request_options(CLI::App& command, call_arguments& given) {
  request_defaults& of = given.defaults;
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
  command.add_flag("--cache", of.use_cache, "Answer from the cache; identical calls in flight become one");
  add_duration(command, "--cache-ttl", of.cache_ttl, "How long the answer is kept; implies --cache");
}

void add_run_options(CLI::App& command, call_arguments& given) {
  constexpr std::size_t most_calls = 1'000'000'000;
  command.add_option("--repeat", given.repeat, "Make the call N times, in one process; one line an answer")
      ->option_text("N")
      ->check(CLI::Range(std::size_t{1}, most_calls));
  constexpr std::size_t most_workers = 10'000;
  command.add_option("--concurrency", given.concurrency, "Calls in flight at once; default 1")
      ->option_text("N")
      ->check(CLI::Range(std::size_t{1}, most_workers));
  auto take_interval = [&given](const std::string& text) {
    const result<duration> value = parse_duration(text);
    if (!value) throw CLI::ValidationError("--interval", value.error().message);
    if (*value < duration::zero()) throw CLI::ValidationError("--interval", "it can't be negative");
    given.interval = *value;
  };
  command.add_option_function<std::string>("--interval", take_interval, "Time from one start to the next")
      ->option_text("TIME");
  command
      .add_option(
          "--batch", given.batch_file,
          "Read a request a line as JSON from FILE or - (stdin), and answer in their order. Members: method, url, "
          "data, headers, tenant, agent, conversation, collection, operation, timeout, max_attempts, idempotent, "
          "idempotency_key, use_cache, cache_ttl. The options above are for lines that don't say otherwise")
      ->option_text("FILE|-");
  command.add_flag("--trail", given.defaults.trail, "Print to stderr what was decided when: attempts, waits, and why");
  command
      .add_option("-c,--config", given.config_file, "Configuration file; default $ENLACE_CONFIG, else ./enlace.toml")
      ->option_text("FILE");
}

json::value read_data(const std::string& text) {
  const bool file = text.starts_with('@');
  const std::string content = text == "-" ? read_whole("-") : file ? read_whole(text.substr(1)) : text;
  result<json::value> value = parse_json(content);
  if (!value) throw usage_error("-d: " + value.error().message);
  return *std::move(value);
}

void check_arguments(const call_arguments& given) {
  const bool has_batch = !given.batch_file.empty();
  if (has_batch && !given.target.empty()) {
    throw usage_error("--batch brings its own URLs; leave out '" + given.target.back() + "'");
  }
  if (has_batch && given.repeat != 1) throw usage_error("--batch and --repeat don't go together");
  if (given.batch_file == "-" && given.data == "-") throw usage_error("-d - and --batch - can't both read stdin");
  if (!has_batch && given.target.empty()) throw usage_error("a URL is required\nTry 'enlace call --help'.");
}

std::unique_ptr<call_source> make_source(boost::asio::io_context& loop, const call_arguments& given) {
  if (!given.batch_file.empty()) return std::make_unique<batch>(loop, given.batch_file, given.defaults);
  const bool has_method = given.target.size() == 2;
  const std::string_view method = has_method ? std::string_view(given.target.front()) : default_method;
  return std::make_unique<repeated_call>(given.defaults.make(method, given.target.back()), given.repeat);
}

int call(call_arguments given) {
  check_arguments(given);
  result<options> configuration =
      given.config_file.empty() ? options::load_default() : options::load(given.config_file);
  if (!configuration) throw usage_error(configuration.error().message);
  if (given.data) given.defaults.data = read_data(*given.data);
  if (given.defaults.cache_ttl) given.defaults.use_cache = true;

  boost::asio::io_context loop(1);
  const std::unique_ptr<call_source> calls = make_source(loop, given);
  answer_form form;
  form.ordered = !given.batch_file.empty();
  form.single = !form.ordered && given.repeat == 1;
  form.trail = given.defaults.trail;
  if (!form.ordered) form.total = given.repeat;
  answer_output answers(loop, form);
  const std::size_t workers = form.ordered ? given.concurrency : std::min(given.concurrency, given.repeat);
  call_run run(loop, *std::move(configuration), *calls, answers, workers, given.interval);
  return run.run();
}

}  // namespace

void add_call(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("call", "Call a service");
  command->footer(call_footer);
  auto given = std::make_shared<call_arguments>();
  command
      ->add_option("target", given->target,
                   "What to call: a method, POST when none is given, and an http, https or http+unix URL")
      ->option_text("[METHOD] URL")
      ->expected(0, 2);
  add_request_options(*command, *given);
  add_run_options(*command, *given);
  command->callback([given, &chosen] { chosen = [given] { return call(*given); }; });
}

}  // namespace enlace::cli
