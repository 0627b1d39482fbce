#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <enlace/stream.hpp>

#include "client/loop.hpp"
#include "codec/event_reader.hpp"

namespace enlace {

/// One stream: a call up to its first event, then the events of its answer.
class stream::state {
 public:
  /// `on` may be null: the process-wide client of the loop that first asks for an event.
  state(std::shared_ptr<client::loop> on, request asked);

  /// The policy of a stream, from top to bottom.
  static boost::asio::awaitable<const stream_event*> next(state& self);

  stream_end end = stream_end::open;
  std::uint64_t events = 0;
  /// Once it has ended.
  std::optional<reply> ending;
  int status = 0;
  enlace::headers headers;
  /// Made when text is asked for.
  std::unique_ptr<model_output> said;

  [[nodiscard]] const std::string& last_event_id() const noexcept { return reader_.last_event_id(); }
  [[nodiscard]] stream_format format() const noexcept;
  [[nodiscard]] bool saw_done() const noexcept { return done_; }
  [[nodiscard]] bool gives_bytes() const noexcept { return !reader_.is_sse() && !reader_.is_ndjson(); }
  /// An answer that is a reply, and no stream, was taken as the one event.
  [[nodiscard]] bool was_whole() const noexcept { return whole_; }
  [[nodiscard]] std::uint64_t max_body_bytes() const noexcept;

 private:
  /// What an answer's head makes of its body.
  enum class body_kind : std::uint8_t { events, reply, unusable };

  bool begin(const boost::asio::any_io_executor& executor);
  /// The attempts up to the first event, as those of a call.
  boost::asio::awaitable<void> connect(const boost::asio::cancellation_state& cancellation);
  /// True: there is a first event. False: the attempt is over, and the call's `in` holds how.
  boost::asio::awaitable<bool> await_first_event();
  boost::asio::awaitable<void> read_whole();
  /// A body that has said its own last word ends soon, and its connection can then be used again.
  boost::asio::awaitable<void> drain();
  [[nodiscard]] body_kind look_at_head();
  /// The attempts are over without a first event: what became of the call becomes of the stream.
  void decided();

  /// Takes the next event out of what has come. False: there is none yet, or the stream has ended.
  bool take_event();
  bool accept(const stream_event& got);
  /// Notices by which last word of its own the stream will end, and that word.
  void note_form(const stream_event& got);
  /// No more of the body will come.
  void body_over(bool cancelled);
  void broke(bool cancelled);
  void finish_well();
  /// When the wait for the next event ends.
  [[nodiscard]] time_point limit() const;
  [[nodiscard]] error stream_error(error_code code, std::string message, std::string_view what) const;
  [[nodiscard]] error breakage(const incoming& in, bool whole) const;
  void finish(stream_end how, std::optional<error> why);

  std::shared_ptr<client::loop> loop_;
  std::optional<request> asked_;
  std::optional<client::loop::lease> call_;
  // After `call_`: it reads into the call's `in`.
  std::unique_ptr<incoming_body> body_;
  event_reader reader_;
  stream_event event_;
  std::string whole_text_;
  /// Why the answer to an attempt is no stream.
  std::optional<error> unusable_;
  /// Why a stream that is asked for again broke.
  std::optional<error> interruption_;
  stream_end interrupted_as_ = stream_end::interrupted;
  stream_format format_ = stream_format::automatic;
  time_point waiting_since_{};
  duration between_events_{};
  std::uint64_t comments_ = 0;
  bool heartbeats_ = false;
  bool resumes_ = false;
  bool begun_ = false;
  bool decoded_ = false;     // `reader_` holds an event that `take_event` has not looked at
  bool whole_ = false;       // the answer is a reply, its text the only event
  bool body_ended_ = false;  // nothing more will be read
  bool last_word_ = false;   // the stream's own, after which a break is none
  bool wants_last_word_ = false;
  bool done_ = false;  // [DONE]: whatever follows is not read
};

}  // namespace enlace
