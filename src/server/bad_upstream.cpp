#include "server/bad_upstream.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "message/text.hpp"
#include "server/error_document.hpp"
#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;

constexpr std::size_t key_bytes = 256;

struct route {
  std::string_view name;
  /// What the second segment of the path is; empty for none.
  std::string_view argument;
  asio::awaitable<void> (*serve)(visit&);
};

constexpr std::array routes = {
    route{"echo", "", serve_echo},
    route{"status", "code", serve_status},
    route{"delay", "ms", serve_delay},
    route{"flaky", "", serve_flaky},
    route{"drip", "", serve_drip},
    route{"hang", "", serve_hang},
    route{"reset", "", serve_reset},
    route{"truncate", "", serve_truncate},
    route{"garbage", "", serve_garbage},
    route{"bomb", "", serve_bomb},
    route{"sse", "", serve_sse},
    route{"ndjson", "", serve_ndjson},
    route{"tokens", "", serve_tokens},
    route{"stall", "", serve_stall},
    route{"error-event", "", serve_error_event},
    route{"long-line", "", serve_long_line},
    route{"bad-utf8", "", serve_bad_utf8},
    route{"page", "", serve_page},
    route{"upload", "", serve_upload},
    route{"health", "", serve_health},
    route{"count", "", serve_count},
    route{"endless-head", "", serve_endless_head},
    route{"two-lengths", "", serve_two_lengths},
    route{"bad-chunk", "", serve_bad_chunk},
};

struct place {
  const route* to = nullptr;
  std::string_view argument;
};

place find(std::string_view path) noexcept {
  path.remove_prefix(std::min<std::size_t>(path.size(), 1));
  const std::string_view name = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), name.size() + 1));
  const auto* found = std::ranges::find(routes, name, &route::name);
  if (found == routes.end() || path.empty() != found->argument.empty()) return {};
  return {found, path};
}

error nothing_there(std::string_view path) {
  json::array paths;
  for (const route& known : routes) {
    std::string shown = '/' + std::string(known.name);
    if (!known.argument.empty()) shown.append("/{").append(known.argument).append("}");
    paths.emplace_back(std::move(shown));
  }
  constexpr std::size_t shown_bytes = 200;
  error missing = error_for_status(404, "There is nothing at " + excerpt(path, shown_bytes));
  missing.details = object("paths", std::move(paths));
  return missing;
}

}  // namespace

http_server::handler bad_upstream::handler(std::shared_ptr<bad_upstream> upstream) {
  return [shared = std::move(upstream)](const server_request& request, responder& out) {
    return shared->answer(request, out);
  };
}

asio::awaitable<void> bad_upstream::answer(const server_request& request, responder& out) {
  const place at = find(request.path());
  parameters given(request);
  const std::optional<std::string> key = given.text("key", key_bytes);
  if (at.to == nullptr) {
    const error missing = nothing_there(request.path());
    co_await out.send_error(missing);
    co_return;
  }
  std::uint64_t hit = 0;
  if (!given.fault() && at.to->serve != serve_count) {
    if (key) hit = hits_.add(*key);
    if (!key && at.to->serve == serve_flaky) hit = hits_.add(request.target());
  }
  visit v(request, out, given, hits_, hit, at.argument);
  if (!given.fault()) co_await at.to->serve(v);
  if (given.fault()) co_await out.send_error(*given.fault());
}

}  // namespace enlace
