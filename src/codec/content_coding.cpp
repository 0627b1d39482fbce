#include "codec/content_coding.hpp"

#include <enlace/headers.hpp>

#include "codec/comma_list.hpp"

namespace enlace {
namespace {

bool is_gzip(std::string_view name) noexcept {
  return equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip");
}

/// Whether the parameters of a list element give it weight zero: "q=0", "q=0.000".
bool has_no_weight(std::string_view parameters) noexcept {
  const std::string_view weight = trim_ows(parameters);
  if (weight.size() < 3 || (weight[0] | 0x20) != 'q' || weight[1] != '=') return false;
  return weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::optional<content_coding> content_coding_named(std::string_view name) noexcept {
  if (is_gzip(name)) return content_coding::gzip;
  if (equals_ignoring_case(name, "br")) return content_coding::br;
  if (equals_ignoring_case(name, "deflate")) return content_coding::deflate;
  return std::nullopt;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) noexcept {
  std::optional<bool> by_name;
  bool by_star = false;
  for_each_element(accept_encoding, [&](std::string_view element) {
    const std::size_t semicolon = element.find(';');
    const std::string_view name = trim_ows(element.substr(0, semicolon));
    const bool wanted = semicolon == std::string_view::npos || !has_no_weight(element.substr(semicolon + 1));
    if (name == "*") by_star = wanted;
    if (equals_ignoring_case(name, coding) || (is_gzip(name) && is_gzip(coding))) by_name = wanted;
  });
  return by_name.value_or(by_star);
}

}  // namespace enlace
