#pragma once

#include <cstddef>
#include <string>

#include <enlace/result.hpp>

namespace enlace {

/// Configurations and secrets larger than this are refused: such a file was meant for something else.
inline constexpr std::size_t most_file_bytes = 4U << 20;

/// The whole of a regular file. Errors: CONFIGURATION_ERROR, "PATH: No such file or directory".
[[nodiscard]] result<std::string> read_text_file(const std::string& path);

/// `path`, when it is relative, as seen from the folder of `file`.
[[nodiscard]] std::string beside(const std::string& file, const std::string& path);

}  // namespace enlace
