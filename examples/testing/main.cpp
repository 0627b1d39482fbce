// How a service's own code is tested against neighbours that misbehave, in virtual time: hours in milliseconds.

#include <chrono>
#include <iostream>
#include <string>

#include <enlace/enlace.hpp>
#include <enlace/testing.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// [code]
// The code to be tested: whatever the retrieval service does, there is an answer within a second.
asio::awaitable<std::string> answer(enlace::client& client, std::string question) {
  enlace::reply found = co_await client.call(enlace::post("http://rag:8000/search")
                                                 .data(enlace::object("query", question))
                                                 .operation("rag_search")
                                                 .timeout(800ms));
  if (!found) co_return "I can't look that up just now.";
  co_return std::string(found.data().at("passage").as_string());
}
// [/code]

// [test]
asio::awaitable<void> ask(enlace::testing::world& world) {
  const auto began = world.elapsed();
  const std::string text = co_await answer(world.caller(), "What is six times seven?");
  if (world.elapsed() - began > 1s) world.violated("an answer within a second", text);
}

void history(enlace::testing::world& world) {
  enlace::testing::service& rag = world.at("rag:8000");
  rag.answers([](const auto& /*request*/) { return enlace::testing::answer(200, R"({"passage": "42"})"); });
  rag.fares({.refused = 0.2, .hanging = 0.1, .failing = 0.2});        // shares of the attempts
  world.plan(3s, "rag restarts", [&rag] { rag.restarts(5s, 10s); });  // 5 s down, then slow for 10 s
  for (int i = 0; i < 40; ++i) {
    world.plan(std::chrono::milliseconds(world.random().below(30'000)), "a question",
               [&world] { world.spawn(ask(world)); });
  }
}

int main() {
  const auto found = enlace::testing::explore({.seeds = 500}, history);
  std::cout << (found ? found->text() : "500 histories, and every question was answered in time\n");
  return found ? 1 : 0;
}
// [/test]
