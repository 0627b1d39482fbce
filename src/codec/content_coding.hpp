#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace enlace {

/// A content coding that can be undone here.
enum class content_coding : std::uint8_t {
  gzip,
  deflate,  ///< with the zlib wrapper, as the RFC wants it, or raw, as some servers send it
  br,
};

/// What requests say that they accept: the value of `Accept-Encoding`.
inline constexpr std::string_view accepted_codings = "gzip, deflate, br";

/// The coding of that name, if it is one of ours. `x-gzip` is `gzip` (RFC 9110, 8.4.1.3).
[[nodiscard]] std::optional<content_coding> content_coding_named(std::string_view name) noexcept;

/// Whether an `Accept-Encoding` of that value asks for this coding: it, or `*`, is listed with a weight above zero
/// (RFC 9110, 12.5.3).
[[nodiscard]] bool accepts_coding(std::string_view accept_encoding, std::string_view coding) noexcept;

}  // namespace enlace
