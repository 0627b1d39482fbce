#include "gateway.hpp"

#include "page.hpp"

namespace example {

namespace asio = boost::asio;

namespace {

asio::awaitable<bool> send_page(enlace::responder& out) {
  // The page needs nothing from elsewhere, so nothing is allowed.
  out.header("Content-Security-Policy",
             "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src "
             "'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  out.header("Cache-Control", "no-store");
  return out.send(200, "text/html; charset=utf-8", page);
}

}  // namespace

asio::awaitable<void> gateway::answer(const enlace::server_request& request, enlace::responder& out) {
  const std::string_view path = request.path();
  if (path == "/") {
    co_await send_page(out);
  } else if (path == "/events") {
    co_await events(request, out);
  } else if (path == "/chat") {
    co_await chat(request, out);
  } else if (path == "/counts") {
    co_await counts(out);
  } else {
    const enlace::error missing(enlace::error_code::not_found, "there is no such page");
    co_await out.send_error(missing);
  }
}

// [ask]
/// Nothing is named but the question: tenant, trace and deadline are those of the browser's request.
enlace::stream gateway::ask_model(std::string prompt) {
  return client_.stream(enlace::post(model_url_ + "/api/generate")
                            .data(enlace::object("model", "parrot", "prompt", std::move(prompt), "stream", true)));
}
// [/ask]

// [events]
asio::awaitable<void> gateway::events(const enlace::server_request& request, enlace::responder& out) {
  if (request.headers().contains("Last-Event-ID")) {
    // EventSource lost its connection and asks again. This answer can't be gone on with; 204 tells it to give up.
    co_await out.send(204, "", "");
    co_return;
  }
  enlace::stream answer = ask_model(request.parameter("prompt").value_or(""));
  out.cancel_on_hang_up();  // also while the model has said nothing yet
  std::string_view text = co_await answer.next_text();
  if (text.empty() && answer.ended() != enlace::stream_end::finished) {
    co_await out.send_error(answer.ending().error());
    co_return;
  }
  enlace::sse_writer events(out);
  bool there = true;
  while (there && !text.empty()) {
    const std::string id = std::to_string(answer.events());
    there = co_await events.send(text, "", id);
    if (there) text = co_await answer.next_text();
  }
  const bool whole = answer.ended() == enlace::stream_end::finished;
  enlace::json::object end =
      whole ? answer.output().to_json() : enlace::object("error", answer.ending().error().to_json());
  end.erase("text");  // the browser has it already
  std::string data;
  enlace::append_json(data, end);
  const std::string_view type = whole ? "done" : "error";
  if (there) there = co_await events.send(data, type);
  if (there) co_await events.finish();
}
// [/events]

// [chat]
asio::awaitable<void> gateway::chat(const enlace::server_request& request, enlace::responder& out) {
  const enlace::result<enlace::json::value> body = enlace::parse_json(request.body());
  const enlace::json::value* prompt = body && body->is_object() ? body->get_object().if_contains("prompt") : nullptr;
  if (prompt == nullptr || !prompt->is_string()) {
    const enlace::error bad(enlace::error_code::validation_error, R"(the body must be {"prompt": "..."})");
    co_await out.send_error(bad);
    co_return;
  }
  enlace::stream answer = ask_model(std::string(prompt->get_string()));
  co_await enlace::pass_on(answer, out);
}
// [/chat]

asio::awaitable<void> gateway::counts(enlace::responder& out) {
  const answer_counts& now = model_->counts();
  const enlace::json::object body =
      enlace::object("begun", now.begun, "finished", now.finished, "abandoned", now.abandoned);
  co_await out.send_json(200, body);
}

}  // namespace example
