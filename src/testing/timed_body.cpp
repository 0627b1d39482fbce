#include "testing/timed_body.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/cancelled.hpp"
#include "net/signal.hpp"

namespace enlace::testing {

namespace asio = boost::asio;

void cut(std::vector<body_piece>& pieces, std::size_t bytes) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].bytes.size() > bytes) {
      pieces[i].bytes.resize(bytes);
      pieces.resize(bytes == 0 ? i : i + 1);
      return;
    }
    bytes -= pieces[i].bytes.size();
  }
}

std::size_t bytes_of(const std::vector<body_piece>& pieces) noexcept {
  std::size_t all = 0;
  for (const body_piece& each : pieces) all += each.bytes.size();
  return all;
}

timed_body::timed_body(virtual_clock& time, std::vector<body_piece> pieces, body_end end, fate meanwhile)
    : time_(time), pieces_(std::move(pieces)), last_(time.now()), end_(end), meanwhile_(std::move(meanwhile)) {}

asio::awaitable<std::string_view> timed_body::read(incoming& in, time_point deadline) {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(cancellation)) {  // no wait would notice what was said before it
    in.phase = wire_phase::body;
    in.failure = wire_failure::cancelled;
    co_return std::string_view();
  }
  while (next_ < pieces_.size() && pieces_[next_].bytes.empty()) last_ += pieces_[next_++].after;
  const bool more = next_ < pieces_.size();
  const bool silent = !more && end_ == body_end::stalled;
  const time_point due = more ? last_ + pieces_[next_].after : silent ? time_point::max() : last_;
  const auto gone = [this] { return meanwhile_ ? meanwhile_() : body_end::whole; };
  if (due > time_.now()) {
    signal woken;
    const clock_wait wait(time_, woken, std::min(due, deadline));
    co_await woken.async_wait(asio::deferred);
  }
  in.phase = wire_phase::body;
  if (is_cancelled(cancellation)) {
    in.failure = wire_failure::cancelled;
  } else if (gone() == body_end::stalled && time_.now() < deadline) {
    signal woken;
    const clock_wait wait(time_, woken, deadline);
    co_await woken.async_wait(asio::deferred);
    in.failure = is_cancelled(cancellation) ? wire_failure::cancelled : wire_failure::timeout;
  } else if (time_.now() >= deadline) {
    in.failure = wire_failure::timeout;
  } else if (gone() == body_end::broken || (!more && end_ == body_end::broken)) {
    in.failure = wire_failure::truncated;
  } else if (more) {
    last_ = std::max(due, last_);
    co_return pieces_[next_++].bytes;
  }
  co_return std::string_view();
}

}  // namespace enlace::testing
