// Streams that a world begins and reads.

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/ambient.hpp>
#include <enlace/testing/started.hpp>
#include <enlace/testing/world.hpp>

#include "net/signal.hpp"
#include "testing/promises.hpp"

namespace enlace::testing {

namespace asio = boost::asio;

namespace {

std::string ending_of(const started_stream& stream) {
  std::string text = "call " + std::to_string(stream.id);
  if (stream.dropped)
    return text + " is dropped by its reader after " + std::to_string(stream.events.size()) + " events";
  text.append(" ends: ").append(name_of(stream.how));
  if (!stream.ending->success()) {
    const error& why = stream.ending->error();
    text.append(", ").append(facts_of(why.code).name).append(", ").append(why.message);
  }
  return text + ", " + std::to_string(stream.events.size()) + " events, " +
         std::to_string(stream.ending->call().attempts) + " attempts";
}

}  // namespace

void started_stream::drop() {
  if (over()) return;
  to_drop_ = true;
  if (pause_ != nullptr) pause_->on_due();
}

std::shared_ptr<started_stream> world::start_stream(request asked, stream_reader how, std::optional<context> ambient,
                                                    std::size_t client_index) {
  client& by = caller(client_index);
  auto made = std::make_shared<started_stream>();
  if (asked.operation() == "default") asked.operation("llm_stream");
  describe(*made, asked, ambient, " begins, a stream: ");
  made->resumes = std::as_const(asked).resume();
  static_cast<promises&>(*promises_).begin(made);
  tell(&observer::on_stream, *made);
  asked.header("X-Simulated-Call", std::to_string(made->id));
  asio::any_io_executor executor = loop_.get_executor();
  if (ambient) executor = bind_context(executor, *ambient);
  asio::co_spawn(executor, read(by.stream(std::move(asked)), made, how),
                 asio::bind_cancellation_slot(made->cancel_.slot(), [](std::exception_ptr raised) {
                   if (raised) std::rethrow_exception(raised);
                 }));
  return made;
}

asio::awaitable<void> world::read(stream from, std::shared_ptr<started_stream> which, stream_reader how) {
  co_await asio::this_coro::throw_if_cancelled(false);
  started_stream& mine = *which;
  while (true) {
    asks(mine);
    const stream_event* got = co_await from.next();
    if (got == nullptr) break;
    took(mine, from, *got);
    if (mine.events.size() >= how.drop_after) mine.to_drop_ = true;
    if (!mine.to_drop_ && how.pause > duration::zero() && !mine.cancelled_at) co_await pause(mine, how.pause);
    if (!mine.to_drop_) continue;
    // Destroyed as a local of this coroutine would be, and before anybody looks for what is left.
    {
      const stream gone = std::move(from);
    }
    dropped(mine);
    co_return;
  }
  ended(mine, from);
  const stream_event* again = co_await from.next();
  if (again != nullptr) violated("one ending", "call " + std::to_string(mine.id) + " gives an event after its end");
}

asio::awaitable<void> world::pause(started_stream& which, duration span) {
  signal woken;
  const clock_wait wait(*time_, woken, time_->now() + span);
  // A timer of the world, not of the program under test: at its very moment.
  time_->add_exactly(woken, time_->now() + span);
  which.pause_ = &woken;
  co_await woken.async_wait(asio::deferred);
  which.pause_ = nullptr;
}

void world::asks(started_stream& which) {
  which.waits_since = time_->now();
  static_cast<promises&>(*promises_).asks(which);
}

void world::took(started_stream& which, const stream& from, const stream_event& what) {
  static_cast<promises&>(*promises_).pauses(which);
  which.waits_since.reset();
  started_stream::event kept;
  kept.at = time_->now();
  kept.type = what.type;
  kept.data = what.data;
  kept.id = what.id;
  which.events.push_back(std::move(kept));
  if (keeps_trail_) {
    std::string line = "call " + std::to_string(which.id) + " gives event " + std::to_string(which.events.size());
    if (!what.id.empty()) line.append(", id ").append(what.id);
    note(std::move(line));
  }
  if (from.events() != which.events.size()) {
    violated("one ending", "call " + std::to_string(which.id) + " counts " + std::to_string(from.events()) +
                               " events and gave " + std::to_string(which.events.size()));
  }
  tell(&observer::on_event, which);
}

void world::ended(started_stream& which, const stream& from) {
  static_cast<promises&>(*promises_).pauses(which);
  if (which.over()) violated("one ending", "call " + std::to_string(which.id) + " has two");
  which.how = from.ended();
  which.ending = from.ending();
  which.ended = time_->now();
  if (keeps_trail_) note(ending_of(which));
  tell(&observer::on_stream_end, which);
  which.waits_since.reset();
}

void world::dropped(started_stream& which) {
  which.dropped = true;
  which.ended = time_->now();
  if (keeps_trail_) note(ending_of(which));
  tell(&observer::on_stream_end, which);
}

}  // namespace enlace::testing
