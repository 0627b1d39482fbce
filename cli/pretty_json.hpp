#pragma once

#include <string>

#include <enlace/json.hpp>

namespace enlace::cli {

/// Appends a value as people read it: indented by two spaces, a member a line, coloured when asked for.
void append_pretty(std::string& out, const json::value& value, bool coloured);

/// For people on a terminal, indented and coloured; elsewhere on one line. With a line end.
[[nodiscard]] std::string json_for_output(const json::value& value);

}  // namespace enlace::cli
