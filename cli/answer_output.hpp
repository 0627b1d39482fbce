#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/reply.hpp>

#include "cli/progress_bar.hpp"

namespace enlace::cli {

/// How the answers of a run are written.
struct answer_form {
  /// One call, not a run of them: for people, its envelope is indented.
  bool single = true;
  /// In the order of the input, not as they come.
  bool ordered = false;
  /// The decision trail goes to stderr.
  bool trail = false;
  /// How many there will be; nothing when nobody knows.
  std::optional<std::size_t> total;
};

/// Writes envelopes to stdout, trails and a progress bar to stderr. Off a terminal it collects what it writes, for 50
/// ms at most, so that a hundred thousand lines are not as many system calls.
class answer_output {
 public:
  answer_output(boost::asio::io_context& loop, answer_form form);

  /// Throws `std::system_error` when stdout takes no more.
  void put(std::size_t number, const reply& answer);
  /// Writes what is left.
  void finish();

  [[nodiscard]] bool failed() const noexcept { return failures_ > 0; }

 private:
  [[nodiscard]] std::string envelope(const reply& answer) const;
  void put_in_order(std::size_t number, std::string text);
  void put_trail(std::size_t number, const reply& answer);
  void written();
  void flush();

  answer_form form_;
  bool terminal_;
  std::optional<progress_bar> bar_;
  std::string buffer_;
  /// Answers that came before their turn.
  std::map<std::size_t, std::string> early_;
  std::size_t turn_ = 0;
  std::size_t done_ = 0;
  std::size_t failures_ = 0;
  boost::asio::steady_timer flush_timer_;
  bool flush_due_ = false;
};

}  // namespace enlace::cli
