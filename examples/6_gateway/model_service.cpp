#include "model_service.hpp"

#include <chrono>
#include <ctime>

namespace example {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds time_for_a_word{40};

std::string text_of_answer(const std::string& prompt) {
  return "You asked: “" + prompt +
         "”. I am a small model that knows one answer, and this is it. Each word leaves the model when it is ready, "
         "crosses the gateway, and is on your screen before the next one has been thought of. If you stop me, the "
         "model "
         "learns of it at once and thinks of something else.";
}

/// Takes the next word off, with the space behind it.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  const std::string_view taken = text.substr(0, word.size() + 1);
  text.remove_prefix(taken.size());
  return taken;
}

std::int64_t count_words(std::string_view text) {
  std::int64_t count = 0;
  for (; !text.empty(); take_word(text)) ++count;
  return count;
}

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[sizeof "2026-01-31T12:34:56Z"];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

enlace::json::object line(const std::string& model, std::string_view piece) {
  return enlace::object("model", model, "created_at", time_now(), "response", piece, "done", false);
}

/// The text member of that name; empty when there is none.
std::string text_in(const enlace::json::value& body, std::string_view name) {
  const enlace::json::value* member = body.is_object() ? body.get_object().if_contains(name) : nullptr;
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace

/// Counts an answer as begun, and by its end as finished or abandoned, however the handler ends.
class model_service::counted {
 public:
  explicit counted(answer_counts& counts) : counts_(counts) { ++counts_.begun; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { ++(finished_ ? counts_.finished : counts_.abandoned); }

  void finished() noexcept { finished_ = true; }

 private:
  answer_counts& counts_;
  bool finished_ = false;
};

asio::awaitable<void> model_service::answer(const enlace::server_request& request, enlace::responder& out) {
  if (request.path() == "/health") {
    const enlace::json::value well = enlace::object("status", "available");
    co_await out.send_json(200, well);
    co_return;
  }
  const enlace::result<enlace::json::value> body = enlace::parse_json(request.body());
  std::string model = body ? text_in(*body, "model") : std::string();
  std::string prompt = body ? text_in(*body, "prompt") : std::string();
  if (request.path() != "/api/generate" || model.empty() || prompt.empty()) {
    const enlace::error bad(enlace::error_code::validation_error, "POST /api/generate wants a model and a prompt");
    co_await out.send_error(bad);
    co_return;
  }
  co_await generate(std::move(model), std::move(prompt), out);
}

asio::awaitable<void> model_service::generate(std::string model, std::string prompt, enlace::responder& out) {
  counted answer(counts_);
  const std::string text = text_of_answer(prompt);
  // The first line begins the answer, and from then on a client that hangs up ends this coroutine.
  enlace::ndjson_writer lines(out);
  bool there = true;
  for (std::string_view left = text; there && !left.empty();) {
    there = co_await out.wait(time_for_a_word);
    const enlace::json::object next = line(model, take_word(left));
    if (there) there = co_await lines.send(next);
  }
  enlace::json::object last = line(model, "");
  last["done"] = true;
  last["done_reason"] = "stop";
  last["prompt_eval_count"] = count_words(prompt);
  last["eval_count"] = count_words(text);
  if (there) there = co_await lines.send(last);
  if (there) there = co_await lines.finish();
  if (there) answer.finished();
}

}  // namespace example
