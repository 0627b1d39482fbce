#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace enlace {

/// What a `Content-Type` header (RFC 9110, 8.3) says of the bytes that follow, as far as the envelope needs it.
/// A view of the header, which must outlive it.
class content_type {
 public:
  enum class charset : std::uint8_t { none, utf8, ascii, latin1, other };

  /// `header` is the field's value; nothing, or an empty one, when the sender did not say.
  explicit content_type(std::optional<std::string_view> header) noexcept;

  [[nodiscard]] charset text_charset() const noexcept { return charset_; }
  [[nodiscard]] bool given() const noexcept { return !essence_.empty(); }
  /// application/json, text/json and every +json.
  [[nodiscard]] bool is_json() const noexcept;
  /// application/problem+json (RFC 9457).
  [[nodiscard]] bool is_problem() const noexcept;
  /// text/event-stream (the HTML standard).
  [[nodiscard]] bool is_event_stream() const noexcept;
  /// A JSON value a line: application/x-ndjson and the other names that are in use for it.
  [[nodiscard]] bool is_json_lines() const noexcept;
  /// A page for people: text/html, application/xhtml+xml.
  [[nodiscard]] bool is_page() const noexcept;
  /// Whether it is made of lines and words: text/*, XML, YAML, forms, whatever has a charset.
  [[nodiscard]] bool is_text() const noexcept;

 private:
  /// Type and subtype, without parameters.
  std::string_view essence_;
  charset charset_ = charset::none;
};

}  // namespace enlace
