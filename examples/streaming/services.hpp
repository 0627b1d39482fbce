#pragma once

#include <memory>
#include <string>

#include <enlace/enlace.hpp>
#include <enlace/event_writer.hpp>

/// The services that the example calls: a model in two dialects, prices, and a store.

inline boost::asio::awaitable<void> serve_ollama(enlace::responder& out) {
  enlace::ndjson_writer lines(out);
  for (const char* word : {"Because ", "of ", "Rayleigh ", "scattering."}) {
    const enlace::json::value line = enlace::object("model", "small", "response", word, "done", false);
    co_await lines.send(line);
    co_await out.wait(std::chrono::milliseconds(20));
  }
  const enlace::json::value last = enlace::object("model", "small", "response", "", "done", true, "done_reason", "stop",
                                                  "prompt_eval_count", 6, "eval_count", 4);
  co_await lines.send(last);
  co_await lines.finish();
}

inline boost::asio::awaitable<void> serve_openai(enlace::responder& out) {
  enlace::sse_writer events(out);
  for (const char* word : {"A smooth sea ", "makes no sailors."}) {
    const std::string chunk =
        std::string(R"({"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")") + word +
        R"("}}]})";
    co_await events.send(chunk);
  }
  co_await events.send("[DONE]");
  co_await events.finish();
}

/// Breaks off after the second price; asked again with the last id, it gives the rest.
inline boost::asio::awaitable<void> serve_prices(const enlace::server_request& request, enlace::responder& out) {
  enlace::sse_writer events(out);
  const int last = std::atoi(std::string(request.headers().get("Last-Event-ID").value_or("0")).c_str());
  co_await events.retry(std::chrono::milliseconds(20));
  for (int n = last + 1; n <= 4; ++n) {
    const std::string price = std::to_string(100 + n);
    const std::string id = std::to_string(n);
    co_await events.send(price, "price", id);
    if (n == 2) co_return;  // without the end of the answer
  }
  co_await events.finish();
}

inline enlace::http_server::handler streaming_services() {
  return [](const enlace::server_request& request, enlace::responder& out) -> boost::asio::awaitable<void> {
    if (request.path() == "/api/generate") {
      co_await serve_ollama(out);
    } else if (request.path() == "/v1/chat/completions") {
      co_await serve_openai(out);
    } else if (request.path() == "/prices") {
      co_await serve_prices(request, out);
    } else {
      const enlace::json::value stored = enlace::object("bytes", request.body().size());
      co_await out.send_json(200, stored);
    }
  };
}
