#pragma once

#include <cstddef>
#include <string>

namespace enlace {

/// A decoder's buffer that grew beyond this is given back when its next event begins.
inline constexpr std::size_t kept_buffer_bytes = 4096;

/// Empties `text`, and gives its memory back where that is more than `kept` bytes.
inline void clear_keeping(std::string& text, std::size_t kept) noexcept {
  text.clear();
  if (text.capacity() > kept && text.capacity() > std::string().capacity()) std::string().swap(text);
}

}  // namespace enlace
