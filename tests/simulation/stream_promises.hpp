#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <enlace/testing/world.hpp>

#include "client/core.hpp"
#include "stream_scripts.hpp"

namespace enlace::simulation {

/// What is promised of streams, checked with what the services sent and how much of it came through: each event once,
/// in order, and none but those; the ending that fits; the clocks; one vote an attempt; what is asked for after a
/// break.
class stream_promises final : public testing::observer {
 public:
  stream_promises(testing::world& in, const std::vector<std::string>& authorities);

  /// What a service answers to an attempt at a stream; remembered.
  [[nodiscard]] testing::answer serve(const testing::received& what);
  /// The clocks of a stream that is about to begin, which only its request knows. Zero: there is none.
  void about_to_begin(duration first_event, duration between_events, bool heartbeats);
  /// A breaker was led by hand: its votes count no more.
  void led_by_hand() noexcept { by_hand_ = true; }

  void on_stream(const testing::started_stream& began) override;
  void on_attempt(const testing::received& what) override;
  void on_answer(const testing::received& to, const testing::answer& what) override;
  void on_piece(const testing::received& of, std::string_view bytes) override;
  void on_body_end(const testing::received& of, wire_failure how) override;
  void on_over(const testing::received& what) override;
  void on_event(const testing::started_stream& by) override;
  void on_stream_end(const testing::started_stream& ended) override;
  void after_event() override;

 private:
  struct service_votes {
    breaker* guard = nullptr;
    duration slow_after{};
  };
  /// The latest attempt.
  struct seen_attempt {
    time_point at{};
    time_point deadline{};
    service_votes* votes = nullptr;
    std::uint64_t generation = 0;
    std::optional<stream_script> script;
    std::size_t delivered = 0;
    /// Of the script's parts, or of its bytes: what is to be given next.
    std::size_t next = 0;
    /// Whether the client has seen a first event in it, an error or a last word included.
    bool first = false;
    std::optional<wire_failure> ended;
    time_point ended_at{};
    bool over = false;
    /// When the latest bytes came, or their end: the votes that there were, and whether one more would count.
    std::uint64_t votes_before = 0;
    bool counts = false;
  };
  struct seen_stream {
    const testing::started_stream* stream = nullptr;
    duration first_event{};
    duration between_events{};
    bool heartbeats = false;
    /// The latest comment that came.
    time_point heard{};
    std::string last_id;
    duration retry{};
    seen_attempt now;
    /// Of a stream that is asked for again: how it broke.
    std::optional<stream_end> broke;
  };

  [[nodiscard]] seen_stream* find(const testing::received& what);
  [[nodiscard]] time_point limit_of(const seen_stream& seen) const;
  [[nodiscard]] static bool is_done(const seen_stream& seen);
  void check_again(const seen_stream& seen, const testing::received& what);
  void check_timeout(const seen_stream& seen);
  void check_votes(const seen_stream& seen, bool first);
  void check_ending(const seen_stream& seen);
  void check_error(const seen_stream& seen);
  void broken(const char* promise, const seen_stream& seen, const std::string& what);

  testing::world& world_;
  std::map<std::string, service_votes, std::less<>> services_;
  std::map<std::uint64_t, seen_stream> open_;
  std::map<std::pair<std::uint64_t, time_point>, stream_script> sent_;
  seen_stream next_;
  bool by_hand_ = false;
};

}  // namespace enlace::simulation
