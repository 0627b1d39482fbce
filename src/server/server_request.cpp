#include <algorithm>

#include <enlace/server_request.hpp>
#include <enlace/url.hpp>

#include "context/inbound_context.hpp"
#include "policy/deadline.hpp"

namespace enlace {

namespace {

std::string decode_form(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

}  // namespace

server_request::server_request(std::string method, std::string target, enlace::headers fields, std::string body)
    : method_(std::move(method)), target_(std::move(target)), headers_(std::move(fields)), body_(std::move(body)) {}

std::string_view server_request::path() const noexcept {
  const std::string_view whole = target_;
  return whole.substr(0, whole.find('?'));
}

std::string_view server_request::query() const noexcept {
  const std::string_view whole = target_;
  const std::size_t mark = whole.find('?');
  return mark == std::string_view::npos ? std::string_view() : whole.substr(mark + 1);
}

std::vector<std::pair<std::string, std::string>> server_request::parameters() const {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::string_view rest = query(); !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::string_view name = pair.substr(0, pair.find('='));
    found.emplace_back(decode_form(name), decode_form(pair.substr(std::min(pair.size(), name.size() + 1))));
  }
  return found;
}

std::optional<std::string> server_request::parameter(std::string_view name) const {
  for (auto& [key, value] : parameters()) {
    if (key == name) return std::move(value);
  }
  return std::nullopt;
}

result<context> inbound_context(const server_request& request, time_point now) {
  result<context> found = context_from_headers(request.headers());
  if (!found) return found;
  if (const std::optional<duration> granted = parse_timeout(request.headers())) {
    found->deadline(saturated_add(now, *granted));
  }
  return found;
}

}  // namespace enlace
