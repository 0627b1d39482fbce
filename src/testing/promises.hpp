#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <enlace/testing/world.hpp>

namespace enlace::testing {

/// What enlace promises of each call and stream, checked from outside: with what the network sees, and nothing of the
/// library's.
class promises final : public observer {
 public:
  explicit promises(world& in) : world_(in) {}

  void begin(std::shared_ptr<started_call> call);
  void begin(std::shared_ptr<started_stream> stream);
  /// Calls and streams that have not ended.
  [[nodiscard]] std::size_t open() const noexcept { return open_; }
  /// A stream's reader waits for an event, from now on, ...
  void asks(const started_stream& stream);
  /// ... and no longer. Meanwhile the stream's deadline is nobody's.
  void pauses(const started_stream& stream);

  void on_attempt(const received& what) override;
  void on_executed(const received& what) override;
  void on_answer(const received& to, const answer& what) override;
  void on_over(const received& what) override;
  void on_reply(const started_call& ended) override;
  void on_event(const started_stream& by) override;
  void on_stream_end(const started_stream& ended) override;
  void after_event() override;

 private:
  struct record {
    std::shared_ptr<started> call;
    /// The same, where it is a stream.
    const started_stream* stream = nullptr;
    /// What `Retry-After` asked for.
    time_point not_before{};
    /// When it should end at the latest.
    time_point limit{};
    /// Attempts on their way, and those that set out before the latest event.
    int in_flight = 0;
    int before_event = 0;
  };
  void broken(std::string promise, const started& by, const std::string& what);
  void check_breaker(const received& what, const started& call);
  void check_resumed(const record& noted);
  void check_end(const started& ended, const reply& got, time_point limit);
  [[nodiscard]] bool late(time_point limit, time_point now) const noexcept;

  world& world_;
  std::unordered_map<std::uint64_t, record> calls_;
  /// Those that somebody waits for, by deadline.
  std::set<std::pair<time_point, std::uint64_t>> awaited_;
  std::size_t open_ = 0;
};

}  // namespace enlace::testing
