#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/enlace.hpp>

namespace example {

/// How many answers have been begun, and how they ended. Together with those under way, the last two make the first.
struct answer_counts {
  std::uint64_t begun = 0;
  std::uint64_t finished = 0;
  std::uint64_t abandoned = 0;
};

/// A language model that knows one answer. It speaks as Ollama does when it streams: POST /api/generate with `{model,
/// prompt}` is answered with a JSON line a word, 40 ms apart, and a last one with what was counted.
class model_service {
 public:
  boost::asio::awaitable<void> answer(const enlace::server_request& request, enlace::responder& out);

  [[nodiscard]] const answer_counts& counts() const noexcept { return counts_; }

 private:
  class counted;

  boost::asio::awaitable<void> generate(std::string model, std::string prompt, enlace::responder& out);

  answer_counts counts_;
};

}  // namespace example
