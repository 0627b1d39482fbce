#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

namespace enlace::test {

/// The conformance cases in `file`, or nothing on a machine that doesn't have them.
inline std::optional<boost::json::value> conformance_cases(const std::filesystem::path& file) {
  const char* given = std::getenv("ENLACE_CONFORMANCE_DIR");
  const std::filesystem::path folder = given != nullptr
                                           ? std::filesystem::path(given)
                                           : std::filesystem::path(ENLACE_SOURCE_DIR) / "../shared/conformance";
  std::ifstream text(folder / file);
  if (!text) return std::nullopt;
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(text), {}));
}

}  // namespace enlace::test
