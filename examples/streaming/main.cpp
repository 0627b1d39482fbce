// Streams of a model service in the forms of Ollama and OpenAI, of plain server-sent events, and an upload that is made
// on the way. The services run in this process.

#include <iostream>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/enlace.hpp>

#include "services.hpp"

namespace asio = boost::asio;

// [ollama]
asio::awaitable<void> ask_ollama(enlace::client& client, std::string base) {
  enlace::stream tokens = client.stream(
      enlace::post(base + "/api/generate").data(enlace::object("model", "small", "prompt", "Why is the sky blue?")));
  for (auto text = co_await tokens.next_text(); !text.empty(); text = co_await tokens.next_text()) {
    std::cout << text << std::flush;
  }
  if (tokens.ended() != enlace::stream_end::finished) {
    std::cout << "\nno more: " << tokens.ending().error().message << '\n';
    co_return;
  }
  std::cout << "\n" << tokens.output().usage()->output << " tokens, " << tokens.output().finish_reason() << '\n';
}
// [/ollama]

// [openai]
asio::awaitable<void> ask_openai(enlace::client& client, std::string base) {
  enlace::stream chat = client.stream(
      enlace::post(base + "/v1/chat/completions")
          .data(enlace::object("model", "small", "stream", true, "messages",
                               enlace::array(enlace::object("role", "user", "content", "Say something wise"))))
          .tenant("acme")
          .first_event_timeout(std::chrono::seconds(20))
          .between_events_timeout(std::chrono::seconds(5)));
  const enlace::reply whole = co_await chat.collect();  // all of it, as one reply
  if (whole) std::cout << whole.data().at("text").as_string() << '\n';
}
// [/openai]

// [sse]
asio::awaitable<void> follow_prices(enlace::client& client, std::string base) {
  enlace::stream prices = client.stream(enlace::get(base + "/prices").resume().heartbeats());
  for (const auto* event = co_await prices.next(); event != nullptr; event = co_await prices.next()) {
    std::cout << event->type << ' ' << event->id << ": " << event->data << '\n';
  }
  std::cout << "the stream is " << enlace::name_of(prices.ended()) << " after " << prices.ending().call().attempts
            << " attempts\n";
}
// [/sse]

// [upload]
asio::awaitable<void> upload(enlace::client& client, std::string base) {
  int left = 3;
  const auto next_piece = [&left]() -> asio::awaitable<std::string> {
    co_return left-- > 0 ? std::string(100'000, 'x') : std::string();  // an empty piece is the end
  };
  enlace::request asked = enlace::put(base + "/documents/1");
  asked.body_stream(next_piece, "application/octet-stream").timeout(std::chrono::minutes(5));
  const enlace::reply stored = co_await client.call(std::move(asked));
  if (stored) std::cout << "stored " << stored.data().at("bytes") << " bytes\n";
}
// [/upload]

asio::awaitable<void> run(enlace::client& client, enlace::http_server& server) {
  const std::string base = server.url();
  co_await ask_ollama(client, base);
  co_await ask_openai(client, base);
  co_await follow_prices(client, base);
  co_await upload(client, base);
  client.close_idle();
  server.stop();
}

int main() {
  asio::io_context loop(1);
  enlace::http_server server(loop.get_executor(), "127.0.0.1", 0, streaming_services());
  enlace::client client(loop.get_executor());
  asio::co_spawn(loop, run(client, server), [](std::exception_ptr raised) {
    if (raised) std::rethrow_exception(raised);
  });
  loop.run();
}
