#include "cli/demo_stage.hpp"

#include <iostream>

#include "cli/terminal.hpp"

namespace enlace::cli {

std::string demo_stage::at(std::string_view host, std::string_view target) const {
  std::string made("http://");
  made.append(host).append(":").append(std::to_string(port_)).append(target);
  return made;
}

void demo_stage::print(std::string_view shade, std::string_view text) {
  if (coloured_) {
    std::cout << shade << text << colour::plain << '\n' << std::flush;
  } else {
    std::cout << text << '\n' << std::flush;
  }
}

void demo_stage::heading(std::string_view title) {
  std::string line("\n");
  line.append(std::to_string(++scene_)).append(". ").append(title);
  print(colour::bold, line);
}

void demo_stage::say(std::string_view text) { print(colour::cyan, std::string("   ").append(text)); }

bool demo_stage::show(bool holds, std::string_view claim) {
  print(holds ? colour::green : colour::red, std::string(holds ? "   ok  " : "   NO  ").append(claim));
  return holds;
}

boost::asio::awaitable<reply> demo_stage::call(request asked) {
  reply answer = co_await caller_.call(std::move(asked));
  const call_info& info = answer.call();
  ++totals_.calls;
  totals_.attempts += static_cast<std::uint64_t>(info.attempts);
  if (info.attempts > 1) totals_.retried += static_cast<std::uint64_t>(info.attempts - 1);
  if (info.cached == cache_use::fresh) ++totals_.from_cache;
  if (info.cached == cache_use::shared) ++totals_.shared;
  if (!answer.success() && info.attempts == 0 && answer.error().details.contains("circuit_breaker")) ++totals_.rejected;
  co_return answer;
}

}  // namespace enlace::cli
