#include <algorithm>
#include <chrono>
#include <optional>

#include <enlace/admin.hpp>
#include <enlace/event_writer.hpp>
#include <enlace/result.hpp>
#include <enlace/server.hpp>

#include "admin/admin_documents.hpp"
#include "admin/admin_page.hpp"
#include "client/core_metrics.hpp"
#include "message/host.hpp"
#include "telemetry/prometheus_text.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// In a time that says nothing of where they differ.
bool same_secret(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return difference == 0;
}

/// Whether the name under which the endpoint was asked for is one of this machine. A page of elsewhere whose name has
/// been pointed here ("DNS rebinding") is stopped by nothing else when there is no token.
bool is_here(std::string_view host, std::string_view address) {
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  return address.starts_with("unix:") || host == address || equals_ignoring_case(host, "localhost") ||
         is_loopback(host);
}

}  // namespace

/// What the handlers share. They may outlive the endpoint.
class admin_endpoint::state : public std::enable_shared_from_this<state> {
 public:
  state(const asio::any_io_executor& executor, std::shared_ptr<client_core> of, admin_options given)
      : core(std::move(of)),
        how(std::move(given)),
        recent(std::make_shared<recent_calls>(how.slow_after, 50)),
        began{std::chrono::steady_clock::now(), std::chrono::system_clock::now()},
        checker(executor, core),
        health({how.name, how.version}, checker) {
    health.latency_from([this] { return latency_document(*core, latencies_, std::chrono::steady_clock::now()); });
    core->told().listen(recent);
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { core->told().forget(*recent); }

  asio::awaitable<void> answer(const server_request& request, responder& out);

  std::shared_ptr<client_core> core;
  admin_options how;
  std::shared_ptr<recent_calls> recent;
  beginning began;
  client checker;
  health_endpoint health;

 private:
  [[nodiscard]] std::optional<error> refusal(const server_request& request) const;
  [[nodiscard]] json::object now_to_show() {
    const time_point now = std::chrono::steady_clock::now();
    return overview(*core, *recent, latencies_, how, began, now, std::chrono::system_clock::now());
  }
  /// The same as text, for everybody who wants it at about the same time.
  [[nodiscard]] std::shared_ptr<const std::string> shared_now() {
    constexpr duration fresh = std::chrono::milliseconds(500);
    const time_point now = std::chrono::steady_clock::now();
    if (shared_ == nullptr || now - shared_at_ >= fresh) {
      std::string text;
      append_json(text, now_to_show());
      shared_ = std::make_shared<const std::string>(std::move(text));
      shared_at_ = now;
    }
    return shared_;
  }
  asio::awaitable<void> show(responder& out, json::value what);
  asio::awaitable<void> events(responder& out);
  asio::awaitable<void> lead_breaker(const server_request& request, responder& out);
  asio::awaitable<void> metrics(const server_request& request, responder& out);

  latency_window latencies_;
  std::shared_ptr<const std::string> shared_;
  time_point shared_at_;
};

std::optional<error> admin_endpoint::state::refusal(const server_request& request) const {
  if (!how.token.empty()) {
    const std::string_view given = request.headers().get("Authorization").value_or("");
    constexpr std::string_view scheme = "Bearer ";
    if (!given.starts_with(scheme) || !same_secret(given.substr(scheme.size()), how.token)) {
      return error(error_code::authentication_failed, "this endpoint wants its token: Authorization: Bearer ...");
    }
  }
  const std::string_view host = request.headers().get("Host").value_or("localhost");
  if (how.token.empty() && !is_here(host, how.address)) {
    return error(error_code::permission_denied,
                 "without a token this endpoint is to be asked as localhost or 127.0.0.1");
  }
  // A page of another site that is open in the same browser has no business here.
  const std::string_view from = request.headers().get("Sec-Fetch-Site").value_or("same-origin");
  const bool navigates = request.method() == "GET" && request.headers().get("Sec-Fetch-Mode") == "navigate";
  if (from != "same-origin" && from != "none" && !navigates) {
    return error(error_code::permission_denied, "only pages of this endpoint itself may ask it");
  }
  return std::nullopt;
}

asio::awaitable<void> admin_endpoint::state::show(responder& out, json::value what) {
  out.header("Cache-Control", "no-store");
  co_await out.send_json(200, what);
}

asio::awaitable<void> admin_endpoint::state::events(responder& out) {
  sse_writer lines(out);
  bool there = true;
  while (there) {
    const std::shared_ptr<const std::string> text = shared_now();
    there = co_await lines.send(*text, "data");
    if (there) there = co_await out.wait(std::chrono::seconds(1));
  }
}

asio::awaitable<void> admin_endpoint::state::metrics(const server_request& request, responder& out) {
  const exposition form = wanted_exposition(request.headers().get("Accept").value_or(""));
  const std::string text = prometheus_text(metrics_of(*core, std::chrono::steady_clock::now()), form);
  co_await out.send(200, content_type_of(form), text);
}

asio::awaitable<void> admin_endpoint::state::lead_breaker(const server_request& request, responder& out) {
  std::optional<error> wrong;
  const std::optional<std::string> service_name = request.parameter("service");
  const std::optional<breaker_override> wanted = override_named(request.parameter("how").value_or(""));
  if (!how.allow_changes) {
    wrong.emplace(error_code::permission_denied, "this endpoint only shows; it was made without allow_changes");
  } else if (!service_name || !wanted) {
    wrong.emplace(
        error_code::validation_error,
        "say it in the query: ?service=NAME&how=HOW, and HOW is automatic, force_open, force_closed or observe");
  } else if (!core->override_breaker(*service_name, *wanted)) {
    wrong.emplace(error_code::not_found, "no service of that name has been called or configured");
  }
  if (wrong) {
    co_await out.send_error(*wrong);
    co_return;
  }
  const json::value done = object("changed", true);
  co_await show(out, done);
}

asio::awaitable<void> admin_endpoint::state::answer(const server_request& request, responder& out) {
  const std::string_view path = request.path();
  // The page itself tells nothing; what it shows is asked for with the token.
  if (path == "/") {
    out.header("Content-Security-Policy", page_policy);
    out.header("Cache-Control", "no-cache");
    co_await out.send(200, "text/html; charset=utf-8", admin_page);
    co_return;
  }
  if (const std::optional<error> refused = refusal(request)) {
    if (refused->status == 401) out.header("WWW-Authenticate", "Bearer");
    co_await out.send_error(*refused);
    co_return;
  }
  if (path == "/breakers" && request.method() == "POST") {
    co_await lead_breaker(request, out);
  } else if (request.method() != "GET" && request.method() != "HEAD") {
    error wrong(error_code::validation_error, "this path is only to be read, by GET");
    wrong.status = 405;
    out.header("Allow", path == "/breakers" ? "GET, HEAD, POST" : "GET, HEAD");
    co_await out.send_error(wrong);
  } else if (path == "/data") {
    co_await show(out, now_to_show());
  } else if (path == "/events") {
    co_await events(out);
  } else if (path == "/metrics") {
    co_await metrics(request, out);
  } else if (path == "/breakers") {
    co_await show(out, breakers_document(*core, std::chrono::steady_clock::now()));
  } else if (path == "/calls") {
    const json::value calls = object("failed", recent->failed(), "slow", recent->slow());
    co_await show(out, calls);
  } else if (path == "/config") {
    co_await show(out, config_document(*core));
  } else {
    const bool answered = co_await health.answer(request, out);
    if (answered) co_return;
    const error missing(error_code::not_found,
                        "there are /, /data, /events, /metrics, /breakers, /calls, /config, /health and /status here");
    co_await out.send_error(missing);
  }
}

admin_endpoint::admin_endpoint(const asio::any_io_executor& executor, std::shared_ptr<client_core> core,
                               admin_options how)
    : state_(std::make_shared<state>(executor, std::move(core), std::move(how))) {
  if (!is_loopback(state_->how.address) && state_->how.token.empty()) {
    throw failure(error(error_code::configuration_error,
                        "admin: " + state_->how.address + " is not the loopback; set a token, or listen on 127.0.0.1"));
  }
  const auto serve = [kept = std::weak_ptr<state>(state_)](const server_request& request,
                                                           responder& out) -> asio::awaitable<void> {
    if (const std::shared_ptr<state> self = kept.lock()) co_await self->answer(request, out);
  };
  server_options options;
  options.max_connections = 100;
  options.stop_grace = duration::zero();
  server_ = std::make_unique<http_server>(executor, state_->how.address, state_->how.port, serve, options);
}

admin_endpoint::~admin_endpoint() = default;
std::uint16_t admin_endpoint::port() const noexcept { return server_->port(); }
const std::string& admin_endpoint::url() const noexcept { return server_->url(); }
health_endpoint& admin_endpoint::health() noexcept { return state_->health; }
void admin_endpoint::stop() { server_->stop(); }

}  // namespace enlace
