#include "codec/status_line.hpp"

namespace enlace {

std::optional<status_line> parse_status_line(std::string_view line) noexcept {
  constexpr std::size_t version_at = status_line_begin.size();
  constexpr std::size_t status_at = version_at + 2;
  constexpr std::size_t reason_at = status_at + 3;
  if (line.size() < reason_at || !line.starts_with(status_line_begin)) return std::nullopt;
  if ((line[version_at] != '0' && line[version_at] != '1') || line[version_at + 1] != ' ') return std::nullopt;

  status_line read;
  read.http11 = line[version_at] == '1';
  for (const char digit : line.substr(status_at, 3)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    read.status = read.status * 10 + (digit - '0');
  }
  if (read.status < 100 || (line.size() > reason_at && line[reason_at] != ' ')) return std::nullopt;
  for (const char c : line.substr(reason_at)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\r') {
      read.bare_cr = true;
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      return std::nullopt;
    }
  }
  return read;
}

}  // namespace enlace
