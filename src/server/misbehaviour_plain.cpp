#include <boost/json/serialize.hpp>
#include <enlace/url.hpp>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "message/content_type.hpp"
#include "server/error_document.hpp"
#include "server/health_document.hpp"
#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t delay_most_ms = 600'000;

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
}

/// Text as JSON can have it.
json::value text_value(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return json::value(bytes);
  return object("base64", base64_encode(bytes));
}

json::value body_value(const server_request& request) {
  if (request.body().empty()) return nullptr;
  if (content_type(request.headers().get("Content-Type")).is_json()) {
    if (result<json::value> parsed = parse_json(request.body())) return std::move(*parsed);
  }
  return text_value(request.body());
}

json::object query_value(const server_request& request) {
  json::object all;
  for (const auto& [name, value] : request.parameters()) {
    json::value& place = all[to_valid_utf8(name)];
    if (place.is_null()) {
      place = text_value(value);
    } else {
      if (!place.is_array()) place = array(std::move(place));
      place.as_array().push_back(text_value(value));
    }
  }
  return all;
}

json::object echo_of(const server_request& request) {
  json::object fields;
  for (const headers::field field : request.headers()) {
    fields[lower(field.name)] = text_value(request.headers().joined(field.name));
  }
  return object("method", request.method(), "path", text_value(percent_decode(request.path())), "query",
                query_value(request), "headers", std::move(fields), "body", body_value(request));
}

error failure_of(int status, std::int64_t retry_after) {
  error made = error_for_status(status, "Status " + std::to_string(status) + ", as asked for");
  if (retry_after >= 0) made.retry_after = seconds_d(static_cast<double>(retry_after));
  return made;
}

}  // namespace

asio::awaitable<void> serve_echo(visit& v) {
  const json::value echo = echo_of(v.request);
  co_await v.out.send_json(200, echo);
}

asio::awaitable<void> serve_status(visit& v) {
  const auto status = static_cast<int>(v.given.integer_of("code", v.argument, 200, 599));
  const std::int64_t retry_after = v.given.integer("retry_after", -1, 0, day_s);
  const std::optional<std::string> location = v.given.text("location", 2048);
  if (v.given.fault()) co_return;
  if (location) v.out.header("Location", *location);
  if (status >= 400) {
    const error failed = failure_of(status, retry_after);
    co_await v.out.send_error(failed);
    co_return;
  }
  if (retry_after >= 0) v.out.header("Retry-After", std::to_string(retry_after));
  const json::value body = object("status", status);
  co_await v.out.send_json(status, body);
}

asio::awaitable<void> serve_delay(visit& v) {
  const std::int64_t ms = v.given.integer_of("ms", v.argument, 0, delay_most_ms);
  if (v.given.fault()) co_return;
  const bool there = co_await v.out.wait(std::chrono::milliseconds(ms));
  if (!there) co_return;
  const json::value body = object("delayed_ms", ms);
  co_await v.out.send_json(200, body);
}

asio::awaitable<void> serve_flaky(visit& v) {
  const std::int64_t fail = v.given.integer("fail", 1, 0, 1'000'000);
  const auto status = static_cast<int>(v.given.integer("status", 503, 400, 599));
  const std::int64_t retry_after = v.given.integer("retry_after", -1, 0, day_s);
  if (v.given.fault()) co_return;
  if (v.hit <= static_cast<std::uint64_t>(fail)) {
    const error failed = failure_of(status, retry_after);
    co_await v.out.send_error(failed);
    co_return;
  }
  const json::value body = object("hits", v.hit);
  co_await v.out.send_json(200, body);
}

asio::awaitable<void> serve_health(visit& v) {
  const std::string status =
      v.given.word("status", {"available", "degraded", "unavailable", "unhealthy", "fail", "down", "error"});
  if (v.given.fault()) co_return;
  const json::value body = health_document("bad-upstream", "1", status, object("storage", object("status", status)),
                                           std::chrono::system_clock::now());
  co_await v.out.send_json(200, body);
}

asio::awaitable<void> serve_count(visit& v) {
  const std::string key = v.given.text("key", 256).value_or("");
  const json::value body = object("key", text_value(key), "count", v.hits.of(key));
  co_await v.out.send_json(200, body);
}

asio::awaitable<void> serve_page(visit& v) {
  co_await v.out.send(
      200, "text/html; charset=utf-8",
      "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>\n");
}

asio::awaitable<void> serve_upload(visit& v) {
  const json::value body = object("bytes", v.request.body().size());
  co_await v.out.send_json(200, body);
}

}  // namespace enlace
