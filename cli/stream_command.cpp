// enlace stream: an answer that is printed as it comes.

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <enlace/client.hpp>
#include <enlace/otlp.hpp>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/request_options.hpp"
#include "cli/terminal.hpp"
#include "cli/trail_text.hpp"

namespace enlace::cli {

namespace asio = boost::asio;

namespace {

constexpr const char* stream_footer =
    "Each event is one line of JSON as soon as it is there: data, and of server-sent events type and id. A stream "
    "that\n"
    "fails ends with a line in the form of `enlace call`: success, message, error.\n"
    "Exit status: 0 the stream was whole, 1 it was not, 2 wrong usage or configuration, 130 interrupted.\n\n"
    "Examples:\n"
    "  enlace stream http://ollama:11434/api/generate -d '{\"model\": \"m\", \"prompt\": \"Hello\"}' --text\n"
    "  enlace stream GET http://prices:8000/events --resume";

enum class output_form : std::uint8_t { events, text, raw };

struct stream_arguments : request_arguments {
  bool text = false;
  bool raw = false;
  bool resume = false;
  bool heartbeats = false;
  stream_format format = stream_format::automatic;
  std::optional<duration> first_event_timeout, between_events_timeout;
};

void add_stream_options(CLI::App& command, stream_arguments& given) {
  command.add_flag("--text", given.text, "Print only the text that a language model says, or the data of events");
  command.add_flag("--raw", given.raw, "Print the bytes of the answer as they come")->excludes("--text");
  const std::map<std::string, stream_format> formats{
      {"auto", stream_format::automatic}, {"sse", stream_format::sse}, {"ndjson", stream_format::ndjson}};
  command.add_option("--format", given.format, "How to read the answer; default: as its content type says")
      ->option_text("auto|sse|ndjson")
      ->transform(CLI::Transformer(formats))
      ->excludes("--raw");
  add_duration(command, "--first-event-timeout", given.first_event_timeout,
               "From an attempt's start to its first event");
  add_duration(command, "--between-events-timeout", given.between_events_timeout,
               "From one event to the next; default 60s");
  command.add_flag("--heartbeats", given.heartbeats, "Comments of server-sent events put that off");
  command.add_flag("--resume", given.resume, "After a break ask again, from the last event that had an id");
}

request make_request(const stream_arguments& given) {
  request made = given.make_request();
  made.stream_as(given.raw ? stream_format::bytes : given.format);
  if (given.first_event_timeout) made.first_event_timeout(*given.first_event_timeout);
  if (given.between_events_timeout) made.between_events_timeout(*given.between_events_timeout);
  if (given.heartbeats) made.heartbeats();
  if (given.resume) made.resume();
  return made;
}

json::value data_of(const stream_event& event) {
  if (!event.type.empty() || event.data.starts_with('{') || event.data.starts_with('[')) {
    if (result<json::value> parsed = event.value()) return *std::move(parsed);
  }
  if (is_valid_utf8(event.data)) return json::string(event.data);
  return object("base64", base64_encode(event.data));
}

std::string line_of(const stream_event& event) {
  json::object line;
  if (!event.type.empty()) line["type"] = event.type;
  if (!event.id.empty()) line["id"] = event.id;
  line["data"] = data_of(event);
  std::string text;
  append_json(text, line);
  text.push_back('\n');
  return text;
}

/// One stream, from its request to its end.
class stream_run {
 public:
  stream_run(asio::io_context& loop, const stream_arguments& given)
      : stream_run(loop, given, given.load_configuration()) {}

  stream_run(asio::io_context& loop, const stream_arguments& given, const options& configuration)
      : loop_(loop),
        client_(loop.get_executor(), configuration),
        events_(client_.stream(make_request(given))),
        signals_(loop, SIGINT, SIGTERM),
        form_(given.raw    ? output_form::raw
              : given.text ? output_form::text
                           : output_form::events),
        trail_(given.defaults.trail),
        terminal_(is_terminal(1)) {
    if (auto how = configured_collector(configuration)) exported_.emplace(client_, *std::move(how));
  }

  int run() {
    signals_.async_wait([this](const boost::system::error_code& wrong, int signal) {
      if (wrong) return;
      interrupted_by_ = signal;
      signals_.clear();  // the next one ends the process
      cancel_.emit(asio::cancellation_type::terminal);
    });
    asio::co_spawn(loop_, print_all(),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](const std::exception_ptr& raised) {
                     broken_ = raised;
                     loop_.stop();
                   }));
    loop_.run();
    if (broken_) std::rethrow_exception(broken_);
    return finish();
  }

 private:
  asio::awaitable<void> print_all() {
    if (form_ == output_form::text) {
      for (std::string_view text = co_await events_.next_text(); !text.empty(); text = co_await events_.next_text()) {
        print(text);
      }
      co_return;
    }
    for (const stream_event* event = co_await events_.next(); event != nullptr; event = co_await events_.next()) {
      if (form_ == output_form::raw) {
        write_all(1, event->data);
      } else {
        write_all(1, line_of(*event));
      }
    }
  }

  void print(std::string_view text) {
    ended_line_ = text.ends_with('\n');
    write_all(1, terminal_ ? text_without_controls(text) : std::string(text));
  }

  /// Line breaks and tabs stay.
  static std::string text_without_controls(std::string_view text) {
    std::string made;
    while (!text.empty()) {
      const std::size_t end = text.find_first_of("\n\t");
      made += without_controls(text.substr(0, end));
      if (end == std::string_view::npos) break;
      made.push_back(text[end]);
      text.remove_prefix(end + 1);
    }
    return made;
  }

  int finish() {
    const reply& ending = events_.ending();
    if (form_ == output_form::text && !ended_line_ && !events_.text().empty()) write_all(1, "\n");
    if (trail_) write_all(2, trail_text(ending));
    constexpr int signal_base = 128;
    if (interrupted_by_ != 0) return signal_base + interrupted_by_;
    if (events_.ended() == stream_end::finished) return 0;
    std::string text;
    if (form_ == output_form::events) {
      append_json(text, ending.to_json());
      write_all(1, text + '\n');
    } else {
      write_all(2, "enlace: " + without_controls(ending.error().message) + '\n');
    }
    return 1;
  }

  asio::io_context& loop_;
  client client_;
  std::optional<otlp_export> exported_;
  stream events_;
  asio::signal_set signals_;
  asio::cancellation_signal cancel_;
  output_form form_;
  bool trail_;
  bool terminal_;
  bool ended_line_ = true;
  int interrupted_by_ = 0;
  std::exception_ptr broken_;
};

int run_stream(stream_arguments given) {
  if (given.target.empty()) throw usage_error("a URL is required\nTry 'enlace stream --help'.");
  given.read_data();
  asio::io_context loop(1);
  stream_run run(loop, given);
  return run.run();
}

}  // namespace

void add_stream(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("stream", "Call a service and print its answer as it comes");
  command->footer(stream_footer);
  auto given = std::make_shared<stream_arguments>();
  add_request_options(*command, *given);
  add_stream_options(*command, *given);
  command->callback([given, &chosen] { chosen = [given] { return run_stream(*given); }; });
}

}  // namespace enlace::cli
