#include "net/body_pieces.hpp"

#include <array>
#include <charconv>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace enlace {

signal& body_pieces::ask(const boost::asio::any_io_executor& executor) {
  ready_ = false;
  signal& made = woken_.emplace();
  auto given = [self = shared_from_this()](const std::exception_ptr& raised, std::string piece) {
    self->raised_ = raised;
    self->piece_ = std::move(piece);
    self->ready_ = true;
    self->woken_->fire();
  };
  boost::asio::co_spawn(executor, producer_(), boost::asio::bind_cancellation_slot(cancel_.slot(), std::move(given)));
  return made;
}

std::string body_pieces::why() const {
  try {
    std::rethrow_exception(raised_);
  } catch (const std::exception& e) {
    return std::string("body_stream threw: ") + e.what();
  } catch (...) {
    return "body_stream threw";
  }
}

void body_pieces::abandon() {
  if (!ready_) cancel_.emit(boost::asio::cancellation_type::terminal);
}

std::string_view piece_framing::add(std::string piece) {
  ended_ = piece.empty();
  if (left_) {
    if (ended_ && *left_ > 0) return "body_stream ended before the length that it announced";
    if (piece.size() > *left_) return "body_stream gave more than the length that it announced";
    *left_ -= piece.size();
    ended_ = *left_ == 0;
    bytes_ = std::move(piece);
    return {};
  }
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
  bytes_.assign(digits.data(), end).append("\r\n").append(piece).append("\r\n");
  return {};
}

}  // namespace enlace
