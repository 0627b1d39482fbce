#include "client/otlp_channel.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <enlace/json.hpp>
#include <enlace/result.hpp>

#include "base/base64.hpp"
#include "client/core.hpp"
#include "policy/backoff.hpp"
#include "policy/retry_after.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

/// What collectors answer is short.
constexpr std::uint64_t otlp_answer_most = 64U << 10;

[[noreturn]] void refuse_option(std::string text) {
  throw failure(error(error_code::configuration_error, "enlace::otlp_exporter: " + std::move(text)));
}

bool is_token(std::string_view name) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  const auto good = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), good);
}

bool is_field_value(std::string_view value) noexcept {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

url target_below(const std::string& endpoint, std::string_view path) {
  result<url> base = url::parse(endpoint);
  if (!base) refuse_option("endpoint: " + base.error().message);
  std::string below(base->path());
  while (below.ends_with('/')) below.pop_back();
  below.append(path);
  if (!base->query().empty()) below.append("?").append(base->query());
  result<url> made = base->resolve(below);
  if (!made) refuse_option("endpoint: " + made.error().message);
  return std::move(*made);
}

headers otlp_fields(const otlp_options& options) {
  const result<url> base = url::parse(options.endpoint);
  headers made;
  made.add("Content-Type", "application/json");
  if (options.gzip) made.add("Content-Encoding", "gzip");
  made.add("User-Agent", "enlace");
  if (base && !base->userinfo().empty()) made.add("Authorization", "Basic " + base64_encode(base->userinfo()));
  for (const auto& [name, value] : options.headers) {
    if (!is_token(name) || !is_field_value(value)) refuse_option("headers: a name or a value can't be sent");
    made.set(name, value);
  }
  return made;
}

bool may_try_again(const incoming& in) noexcept {
  switch (in.failure) {
    case wire_failure::none:
      return in.status == 429 || in.status == 502 || in.status == 503 || in.status == 504;
    case wire_failure::dns:
    case wire_failure::refused:
    case wire_failure::connect_timeout:
    case wire_failure::reset:
    case wire_failure::truncated:
      return true;
    default:
      return false;
  }
}

/// What the answer says was rejected: `{"partialSuccess":{"rejectedSpans":"3"}}`.
std::uint64_t rejected_by(std::string_view answer) {
  const result<json::value> read = parse_json(answer);
  if (!read || !read->is_object()) return 0;
  const json::value* partial = read->get_object().if_contains("partialSuccess");
  if (partial == nullptr || !partial->is_object()) return 0;
  for (const std::string_view name : {"rejectedSpans", "rejectedDataPoints"}) {
    const json::value* count = partial->get_object().if_contains(name);
    if (count == nullptr) continue;
    if (count->is_int64()) return static_cast<std::uint64_t>(std::max<std::int64_t>(count->get_int64(), 0));
    if (!count->is_string()) continue;
    const std::string_view text = count->get_string();
    std::uint64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc()) return number;
  }
  return 0;
}

}  // namespace

otlp_channel::otlp_channel(asio::any_io_executor executor, const otlp_options& options, transport& network,
                           std::string_view path)
    : options_(options),
      network_(network),
      target_(target_below(options.endpoint, path)),
      fields_(otlp_fields(options)),
      timer_(std::move(executor)),
      random_(random_seed()) {}

asio::awaitable<std::optional<std::uint64_t>> otlp_channel::send(std::string_view text) {
  outgoing out;
  out.to = &target_.endpoint();
  out.tls = &options_.tls;
  out.method = "POST";
  out.target = target_.target();
  out.authority = target_.authority();
  out.fields = &fields_;
  out.has_body = true;
  out.body = options_.gzip ? smaller_.of(text) : text;
  out.connect_timeout = options_.timeout;
  out.max_body_bytes = otlp_answer_most;
  incoming in;
  for (int attempt = 1; !late(); ++attempt) {
    out.deadline = std::chrono::steady_clock::now() + options_.timeout;
    if (last_moment_) out.deadline = std::min(out.deadline, *last_moment_);
    co_await network_.exchange(out, in);
    if (in.failure == wire_failure::none && in.status >= 200 && in.status < 300) co_return rejected_by(in.body);
    if (!may_try_again(in) || attempt >= options_.attempts) break;
    std::optional<seconds_d> asked;
    if (in.failure == wire_failure::none) {
      asked = retry_after(in.headers, in.status, std::chrono::system_clock::now());
    }
    const bool again = co_await back_off(attempt, asked);
    if (!again) break;
  }
  co_return std::nullopt;
}

asio::awaitable<bool> otlp_channel::back_off(int failed_attempts, std::optional<seconds_d> asked) {
  retry_options how;
  how.base = options_.retry_base;
  how.cap = options_.retry_most;
  const duration wait = std::min(backoff(how, failed_attempts, asked, random_), options_.retry_most);
  const time_point until = std::chrono::steady_clock::now() + wait;
  if (last_moment_ && until >= *last_moment_) co_return false;
  const bool hurried_before = hurried();
  // Who hurries cuts the wait short; who wakes only means `pause`.
  while (std::chrono::steady_clock::now() < until && hurried() == hurried_before) co_await sleep_until(until);
  co_return !late();
}

asio::awaitable<void> otlp_channel::pause(time_point until) {
  while (std::chrono::steady_clock::now() < until && !woken_ && !hurried()) co_await sleep_until(until);
  woken_ = false;
}

asio::awaitable<void> otlp_channel::sleep_until(time_point until) {
  timer_.expires_at(until);
  co_await timer_.async_wait(asio::as_tuple(asio::deferred));
}

void otlp_channel::wake() {
  woken_ = true;
  timer_.cancel();
}

void otlp_channel::hurry(time_point until) {
  last_moment_ = until;
  timer_.cancel();
}

bool otlp_channel::late() const noexcept { return last_moment_ && std::chrono::steady_clock::now() >= *last_moment_; }

}  // namespace enlace
