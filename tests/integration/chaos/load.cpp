// Makes calls at a steady rate, whatever becomes of them, and checks that each ends in one reply, that of its own id
// and tenant. Prints a line of JSON a second, and a summary {"summary": ...} at the end. Usage: chaos_load --url URL
// [--rate N] [--seconds N] [--loops N] [--cool-down-ms N] [--tenants N]
//                   [--replies FILE] [--upstream ledger|bad] [--misbehave-from S --misbehave-until S]

#include <algorithm>
#include <atomic>
#include <future>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <boost/asio/post.hpp>
#include <enlace/runtime.hpp>

#include "integration/chaos/call_mix.hpp"
#include "integration/chaos/scoreboard.hpp"
#include "soak/arguments.hpp"
#include "soak/process_figures.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

options configuration(const arguments& given) {
  settings values;
  service_settings& upstream = values.services["upstream"];
  const std::string address = given.text("url", "").substr(std::string_view("http://").size());
  upstream.hosts = {address};
  upstream.internal = true;
  upstream.connect_timeout = 500ms;
  upstream.attempt_timeout = call_mix::attempt_timeout;
  upstream.breaker.cool_down = std::chrono::milliseconds(given.number("cool-down-ms", 2000));
  upstream.breaker.max_cool_down = 2 * upstream.breaker.cool_down;
  // Connections that a fault made necessary are gone before the last phase is looked at.
  values.client.max_idle = 5s;
  values.client.max_body_bytes = 1ULL << 20;
  result<options> made = options::make(std::move(values));
  if (!made) throw std::invalid_argument(made.error().message);
  return std::move(*made);
}

class load {
 public:
  explicit load(const arguments& given)
      : rate_(given.number("rate", 2000.0)),
        lasts_(given.number("seconds", 60)),
        misbehave_from_(given.number("misbehave-from", 0.0)),
        misbehave_until_(given.number("misbehave-until", 0.0)),
        mix_(mix(given)),
        board_(std::make_shared<scoreboard>(board(given))),
        runtime_(configuration(given), given.number<std::size_t>("loops", 2)) {}

  void run() {
    const std::size_t descriptors_before = descriptors_open();
    const scoreboard::clock::time_point start = scoreboard::clock::now();
    const auto calls = static_cast<std::uint64_t>(rate_ * static_cast<double>(lasts_.count()));
    scoreboard::clock::time_point line_due = start + 1s;
    std::uint64_t made = 0;
    // Calls in flight end by their timeout; what has not ended well after that is lost.
    const scoreboard::clock::time_point give_up = start + lasts_ + call_mix::other_timeout + 10s;
    while (made < calls || (!board_->all_ended() && scoreboard::clock::now() < give_up)) {
      const std::chrono::duration<double> running = scoreboard::clock::now() - start;
      const auto due = std::min(calls, static_cast<std::uint64_t>(rate_ * running.count()));
      const bool misbehave = running >= misbehave_from_ && running < misbehave_until_;
      for (; made < due; ++made) make_call(made, misbehave);
      if (scoreboard::clock::now() >= line_due) {
        print_second();
        line_due += 1s;
      }
      std::this_thread::sleep_for(1ms);
    }
    print_second();
    json::object summary = board_->summary();
    close_idle();
    summary["descriptors_before"] = descriptors_before;
    summary["descriptors_left"] = descriptors_open();
    print(object("summary", std::move(summary)));
  }

 private:
  static call_mix::settings mix(const arguments& given) {
    call_mix::settings how;
    how.url = given.text("url", "");
    if (!how.url.starts_with("http://")) throw std::invalid_argument("--url http://HOST:PORT is needed");
    how.tenants = given.number<std::uint64_t>("tenants", how.tenants);
    how.bad_upstream = given.text("upstream", "ledger") == "bad";
    return how;
  }

  [[nodiscard]] scoreboard::settings board(const arguments& given) const {
    scoreboard::settings how;
    how.calls = static_cast<std::uint64_t>(rate_ * static_cast<double>(lasts_.count()));
    how.lasts = lasts_;
    how.bad_upstream = mix_.how().bad_upstream;
    how.replies_file = given.text("replies", "");
    return how;
  }

  void make_call(std::uint64_t number, bool misbehave) {
    planned_call call = mix_.plan(number);
    request asked = mix_.make(call, misbehave);
    board_->begin();
    runtime_.submit(std::move(asked), context(),
                    [board = board_, call = std::move(call), began = scoreboard::clock::now()](const reply& answer) {
                      board->end(call, answer, began);
                    });
  }

  /// What is open after this, and was not before the first call, has leaked.
  void close_idle() {
    for (std::size_t i = 0; i < runtime_.loops(); ++i) {
      std::promise<void> closed;
      boost::asio::post(runtime_.executor(i), [&] {
        runtime_.at(i).close_idle();
        closed.set_value();
      });
      closed.get_future().wait();
    }
  }

  static void print(json::object line) {
    std::string text;
    append_json(text, std::move(line));
    std::cout << text << std::endl;
  }

  void print_second() {
    json::object line = board_->take_second();
    line["rss"] = resident_bytes();
    line["descriptors"] = descriptors_open();
    line["breaker"] = breaker_;
    print(std::move(line));
    // Breakers are looked at on the loop; the line after this one shows what was seen.
    boost::asio::post(runtime_.executor(0), [this] {
      const std::vector<breaker_report> all = runtime_.at(0).breakers();
      breaker_ = all.empty() ? "none" : name_of(all.front().state).data();
    });
  }

  double rate_;
  std::chrono::seconds lasts_;
  std::chrono::duration<double> misbehave_from_;
  std::chrono::duration<double> misbehave_until_;
  call_mix mix_;
  std::shared_ptr<scoreboard> board_;
  std::atomic<const char*> breaker_ = "none";
  runtime runtime_;
};

}  // namespace
}  // namespace enlace::test

int main(int count, char** words) {
  try {
    enlace::test::load(enlace::test::arguments(count, words)).run();
  } catch (const std::exception& wrong) {
    std::cerr << "chaos_load: " << wrong.what() << '\n';
    return 1;
  }
  return 0;
}
