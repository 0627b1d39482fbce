#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <enlace/stream.hpp>

#include "unit/client/pipeline.hpp"

namespace enlace::test {

inline constexpr const char* sse_type = "text/event-stream";
inline constexpr const char* lines_type = "application/x-ndjson";

inline std::string sse(int n) { return "id: " + std::to_string(n) + "\ndata: " + std::to_string(n) + "\n\n"; }

/// `sse(1)` to `sse(count)`.
inline std::vector<std::string> sse_events(int count) {
  std::vector<std::string> all;
  for (int n = 1; n <= count; ++n) all.push_back(sse(n));
  return all;
}

inline scripted_answer sse_answer(std::vector<std::string> pieces, duration every = std::chrono::milliseconds(100),
                                  testing::body_end end = testing::body_end::whole) {
  return scripted_answer(200).streams(sse_type, std::move(pieces), every, end);
}

/// A stream that a coroutine of its own reads, up to its end or as far as it is told.
class read_stream {
 public:
  read_stream(pipeline& on, request asked) : asked_for(on.caller->stream(std::move(asked))) {}

  /// Reads whatever there is when the pipeline runs. `pause` lies between one event and asking for the next.
  static std::shared_ptr<read_stream> start(pipeline& on, request asked, duration pause = duration::zero(),
                                            std::size_t most = SIZE_MAX) {
    auto made = std::make_shared<read_stream>(on, std::move(asked));
    boost::asio::co_spawn(on.loop, made->read(on, made, pause, most),
                          boost::asio::bind_cancellation_slot(made->cancel.slot(), [made](std::exception_ptr raised) {
                            if (raised) std::rethrow_exception(raised);
                          }));
    return made;
  }

  static std::shared_ptr<read_stream> whole(pipeline& on, request asked) {
    auto made = start(on, std::move(asked));
    on.run();
    return made;
  }

  [[nodiscard]] const error& failure() const { return asked_for->ending().error(); }
  [[nodiscard]] std::string detail(std::string_view name) const {
    const json::value* found = failure().details.if_contains(name);
    return found == nullptr ? "" : found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
  }

  std::optional<stream> asked_for;
  std::vector<std::string> data;
  std::vector<time_point> at;
  boost::asio::cancellation_signal cancel;
  bool over = false;

 private:
  static boost::asio::awaitable<void> read(pipeline& on, std::shared_ptr<read_stream> self, duration pause,
                                           std::size_t most) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    stream& from = *self->asked_for;
    while (self->data.size() < most) {
      const stream_event* event = co_await from.next();
      if (event == nullptr) break;
      self->data.emplace_back(event->data);
      self->at.push_back(on.time->now());
      if (pause == duration::zero()) continue;
      signal woken;
      const clock_wait wait(*on.time, woken, on.time->now() + pause);
      co_await woken.async_wait(boost::asio::deferred);
    }
    self->over = true;
  }
};

}  // namespace enlace::test
