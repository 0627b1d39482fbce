#pragma once

#include <string>
#include <string_view>

#include "telemetry/text_buffer.hpp"

namespace enlace {

/// Text for logs and spans without the secrets of the URLs in it: no userinfo, and the values of query parameters whose
/// names look secret replaced, as `url::redacted` does it for a URL that is one.
[[nodiscard]] std::string without_url_secrets(std::string_view text);

/// The same of what others wrote, cut to `limit` bytes, as one line of UTF-8 without control characters.
[[nodiscard]] std::string safe_message(std::string_view text, std::size_t limit);

/// Appends text as a JSON string, quotes included. Control characters (DEL and those of ISO 8859-1 too) are escaped,
/// bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
void append_json_string(text_buffer& out, std::string_view text);

}  // namespace enlace
