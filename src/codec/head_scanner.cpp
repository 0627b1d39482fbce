#include "codec/head_scanner.hpp"

#include <cstring>

namespace enlace {

head_scanner::verdict head_scanner::scan(std::string_view bytes) noexcept {
  while (searched_ < bytes.size()) {
    if (lines_ != 0 && (bytes[line_] == ' ' || bytes[line_] == '\t')) return verdict::folded_line;
    const auto* found = static_cast<const char*>(std::memchr(bytes.data() + searched_, '\n', bytes.size() - searched_));
    if (found == nullptr) {
      searched_ = bytes.size();
      return verdict::need_more;
    }
    const auto lf = static_cast<std::size_t>(found - bytes.data());
    if (lf == line_ || bytes[lf - 1] != '\r') return verdict::bad_line_end;
    const bool blank = lf == line_ + 1;
    ++lines_;
    line_ = searched_ = lf + 1;
    if (lines_ == 1) first_line_size_ = line_;
    if (blank) return verdict::complete;
  }
  return verdict::need_more;
}

}  // namespace enlace
