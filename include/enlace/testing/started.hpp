// Module: testing
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <enlace/clock.hpp>
#include <enlace/reply.hpp>
#include <enlace/stream.hpp>

namespace enlace::testing {

/// What a call and a stream that a world began have in common.
class started {
 public:
  started() = default;
  started(const started&) = delete;
  started& operator=(const started&) = delete;

  /// 1, 2, 3, ... in the order of their beginning. Goes out as `X-Simulated-Call`, on every attempt.
  std::uint64_t id = 0;
  std::string method;
  std::string url;
  std::string tenant;
  std::string operation;
  bool idempotent = false;
  int max_attempts = 0;
  time_point began{};
  time_point deadline{};
  /// What the network and the services have seen of it so far.
  int attempts = 0;
  int executed = 0;
  /// Attempts that merely follow a redirect; they are no retries.
  int redirects = 0;
  /// When its caller cancelled.
  std::optional<time_point> cancelled_at;
  /// When it ended; a time point of zero before.
  time_point ended{};

  [[nodiscard]] bool over() const noexcept { return ended != time_point(); }
  /// Does nothing to one that has ended.
  void cancel(time_point now);

 protected:
  ~started() = default;

 private:
  friend class world;
  boost::asio::cancellation_signal cancel_;
};

/// A call that `world::start` began.
class started_call final : public started {
 public:
  std::optional<reply> answer;
};

/// How a stream is read.
struct stream_reader {
  /// Between an event and asking for the next.
  duration pause{};
  /// After so many events it is dropped: destroyed, as by a reader that has seen enough.
  std::size_t drop_after = SIZE_MAX;
};

/// A stream that `world::start_stream` began, and that a coroutine of the world reads.
class started_stream final : public started {
 public:
  /// An event that it gave, and when.
  struct event {
    time_point at{};
    std::string type;
    std::string data;
    std::string id;
  };

  /// Whether it was asked to go on after a break.
  bool resumes = false;
  std::vector<event> events;
  /// Since when its reader waits for an event; nothing while it pauses, and when all is over.
  std::optional<time_point> waits_since;
  /// How it ended, and `stream::ending()`. `open`, and nothing, for one that was dropped.
  stream_end how = stream_end::open;
  std::optional<reply> ending;
  bool dropped = false;

  /// Destroys the stream: at once where its reader pauses, else when the next event comes. Does nothing to one that
  /// has ended.
  void drop();

 private:
  friend class world;
  bool to_drop_ = false;
  waiter* pause_ = nullptr;
};

}  // namespace enlace::testing
