// Module: message
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/json.hpp>
#include <enlace/stream_event.hpp>

namespace enlace {

/// How many tokens a model read and wrote.
struct token_usage {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t total = 0;
};

/// What a language model says, put together from the events of its stream. Knows the forms of OpenAI (chat completion
/// chunks, completions, and the events of the Responses API) and of Ollama (generate and chat). Of several choices it
/// follows the first. Reasoning that is not shown to users is not text. Events of other forms, and data that is no
/// JSON, add nothing. Belongs to one stream; not thread-safe.
class model_output {
 public:
  /// The text that this event adds; empty where it adds none. Valid until the next `add`.
  std::string_view add(const stream_event& event);

  /// Text that comes as it is, without any form around it. Gives it back.
  std::string_view add_text(std::string_view piece) {
    text_.append(piece);
    return piece;
  }

  /// All the text so far.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The latest that the model reported.
  [[nodiscard]] const std::optional<token_usage>& usage() const noexcept { return usage_; }
  /// Why the model stopped, in the upstream's words ("stop", "length", ...); empty until it says so.
  [[nodiscard]] const std::string& finish_reason() const noexcept { return finish_reason_; }
  /// The model's name; empty until the upstream says it.
  [[nodiscard]] const std::string& model() const noexcept { return model_; }
  /// Whether the stream said that nothing follows: `"done": true`, `response.completed` or `response.incomplete`. A
  /// finish reason alone doesn't: the usage may come after it.
  [[nodiscard]] bool done() const noexcept { return done_; }
  /// Whether an event had one of the known forms.
  [[nodiscard]] bool recognised() const noexcept { return recognised_; }
  /// `text`, and what is known of `model`, `finish_reason` and `usage` (`input_tokens`, `output_tokens`,
  /// `total_tokens`).
  [[nodiscard]] json::object to_json() const;

 private:
  bool add_openai(const json::object& event);
  bool add_responses(const json::object& event, std::string_view type);
  bool add_ollama(const json::object& event);
  void take_usage(const json::value* said, std::string_view input, std::string_view output);

  std::string text_;
  std::string model_;
  std::string finish_reason_;
  std::optional<token_usage> usage_;
  bool done_ = false;
  bool recognised_ = false;
};

}  // namespace enlace
