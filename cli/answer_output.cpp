#include "cli/answer_output.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "cli/pretty_json.hpp"
#include "cli/terminal.hpp"
#include "cli/trail_text.hpp"

namespace enlace::cli {

namespace {

constexpr int output = 1;
constexpr int errors = 2;
constexpr std::size_t most_kept_bytes = 64U << 10;
constexpr duration kept_for = std::chrono::milliseconds(50);

}  // namespace

answer_output::answer_output(boost::asio::io_context& loop, answer_form form)
    : form_(form), terminal_(is_terminal(output)), flush_timer_(loop) {
  if (!form_.single && is_terminal(errors)) bar_.emplace(form_.total);
}

std::string answer_output::envelope(const reply& answer) const {
  if (form_.single) return json_for_output(answer.to_json());
  std::string text;
  append_json(text, answer.to_json());
  text.push_back('\n');
  return text;
}

void answer_output::put(std::size_t number, const reply& answer) {
  ++done_;
  if (!answer.success()) ++failures_;
  if (form_.trail) put_trail(number, answer);
  if (form_.ordered) {
    put_in_order(number, envelope(answer));
  } else {
    buffer_.append(envelope(answer));
  }
  written();
  if (bar_) bar_->show(done_, failures_);
}

void answer_output::put_in_order(std::size_t number, std::string text) {
  if (number != turn_) {
    early_.emplace(number, std::move(text));
    return;
  }
  buffer_.append(text);
  ++turn_;
  for (auto next = early_.begin(); next != early_.end() && next->first == turn_; next = early_.erase(next)) {
    buffer_.append(next->second);
    ++turn_;
  }
}

void answer_output::put_trail(std::size_t number, const reply& answer) {
  std::string text;
  if (!form_.single) text.append("call ").append(std::to_string(number + 1)).append(":\n");
  text += trail_text(answer);
  if (bar_) bar_->clear();
  write_all(errors, text);
}

void answer_output::written() {
  if (terminal_ || buffer_.size() >= most_kept_bytes) {
    flush();
  } else if (!flush_due_ && !buffer_.empty()) {
    flush_due_ = true;
    flush_timer_.expires_after(kept_for);
    flush_timer_.async_wait([this](const boost::system::error_code& cancelled) {
      flush_due_ = false;
      if (!cancelled) flush();
    });
  }
}

void answer_output::flush() {
  if (buffer_.empty()) return;
  if (bar_ && terminal_) bar_->clear();
  write_all(output, buffer_);
  buffer_.clear();
}

void answer_output::finish() {
  // After an interruption there may be gaps.
  for (const auto& [number, text] : early_) buffer_.append(text);
  early_.clear();
  if (bar_) bar_->clear();
  flush();
}

}  // namespace enlace::cli
