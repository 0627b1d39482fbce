#include <chrono>
#include <iostream>

#include "cli/demo_stage.hpp"

namespace enlace::cli {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<bool> show_stream(demo_stage& stage) {
  stage.heading("A language model's answer, token by token");
  stage.say("POST /tokens?format=ollama");
  stream tokens = stage.caller().stream(post(stage.url("/tokens?format=ollama&tokens=12&interval_ms=60&key=tokens")));
  std::cout << "   ";
  int pieces = 0;
  for (std::string_view text = co_await tokens.next_text(); !text.empty(); text = co_await tokens.next_text()) {
    std::cout << text << std::flush;
    ++pieces;
  }
  std::cout << '\n';
  const auto& usage = tokens.output().usage();
  bool good = stage.show(pieces == 12 && tokens.ended() == stream_end::finished, "12 tokens, each as it came");
  good &= stage.show(usage && usage->output == 12, "and the model's own count of them");
  co_return good;
}

asio::awaitable<bool> show_interruption(demo_stage& stage) {
  stage.heading("A stream that breaks after three events");
  stage.say("GET /sse?events=8&break_after=3");
  const std::string target = "/sse?events=8&interval_ms=20&break_after=3&retry_ms=300";
  stream once = stage.caller().stream(get(stage.url(target + "&key=broken")));
  const stream_event* event = co_await once.next();
  while (event != nullptr) event = co_await once.next();
  bool good = stage.show(
      once.ended() == stream_end::interrupted && stage.hits("broken") == 1,
      "the caller learns that it broke, after event " + once.last_event_id() + ", and nothing is sent twice");
  stage.say("the same, resumed");
  stream again = stage.caller().stream(get(stage.url(target + "&key=again")).resume());
  std::string ids;
  for (event = co_await again.next(); event != nullptr; event = co_await again.next())
    ids.append(" ").append(event->id);
  good &= stage.show(ids == " 1 2 3 4 5 6 7 8", "every event once:" + ids);
  good &= stage.show(
      again.ended() == stream_end::finished && stage.hits("again") == 3,
      "in " + std::to_string(again.ending().call().attempts) + " connections, each as late as the server asked");
  co_return good;
}

}  // namespace enlace::cli
