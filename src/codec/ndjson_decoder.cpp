#include "codec/ndjson_decoder.hpp"

#include <cstring>

#include "codec/clear_keeping.hpp"

namespace enlace {
namespace {

std::string_view without_cr(std::string_view line) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

decoded ndjson_decoder::next(std::string_view& bytes) {
  if (!line_open_) clear_keeping(line_, kept_buffer_bytes);
  while (!bytes.empty() && !too_large_) {
    const auto* end = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    std::string_view line = bytes.substr(0, end == nullptr ? bytes.npos : static_cast<std::size_t>(end - bytes.data()));
    const std::string_view held = line_open_ ? line_ : std::string_view();
    const std::string_view tail = line.empty() ? held : line;
    if (held.size() + line.size() - (tail.ends_with('\r') ? 1 : 0) > max_) {
      too_large_ = true;
      break;
    }
    if (line_open_) line = line_.append(line);
    if (end == nullptr) {
      if (!line_open_) line_.assign(line);
      line_open_ = true;
      bytes = {};
      return decoded::need_more;
    }
    line_open_ = false;
    bytes.remove_prefix(static_cast<std::size_t>(end - bytes.data()) + 1);
    if (give(line)) return decoded::event;
  }
  if (too_large_) {
    reset();
    too_large_ = true;
    bytes = {};
    return decoded::too_large;
  }
  if (!line_open_) clear_keeping(line_, 0);
  return decoded::need_more;
}

decoded ndjson_decoder::finish() {
  if (too_large_) return decoded::too_large;
  if (!line_open_) return decoded::need_more;
  line_open_ = false;
  return give(line_) ? decoded::event : decoded::need_more;
}

/// Whether the line is an event.
bool ndjson_decoder::give(std::string_view line) noexcept {
  if (!begun_) {
    begun_ = true;
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  }
  line = without_cr(line);
  if (is_blank(line)) return false;
  event_ = stream_event({}, line, {});
  return true;
}

void ndjson_decoder::reset() noexcept {
  event_ = stream_event();
  clear_keeping(line_, 0);
  line_open_ = begun_ = too_large_ = false;
}

}  // namespace enlace
