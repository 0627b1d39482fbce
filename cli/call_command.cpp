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
#include "cli/request_options.hpp"
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
struct call_arguments : request_arguments {
  std::string batch_file;
  std::size_t repeat = 1;
  std::size_t concurrency = 1;
  duration interval{};
};

void add_cache_options(CLI::App& command, call_arguments& given) {
  request_defaults& of = given.defaults;
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
  return std::make_unique<repeated_call>(given.make_request(), given.repeat);
}

int call(call_arguments given) {
  check_arguments(given);
  options configuration = given.load_configuration();
  given.read_data();
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
  call_run run(loop, std::move(configuration), *calls, answers, workers, given.interval);
  return run.run();
}

}  // namespace

void add_call(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("call", "Call a service");
  command->footer(call_footer);
  auto given = std::make_shared<call_arguments>();
  add_request_options(*command, *given);
  add_cache_options(*command, *given);
  add_run_options(*command, *given);
  command->callback([given, &chosen] { chosen = [given] { return call(*given); }; });
}

}  // namespace enlace::cli
