#include <utility>

#include <enlace/request.hpp>

namespace enlace {

struct request::parts {
  std::string method;
  std::string url;
  std::optional<json::value> data;
  std::optional<std::string> body;
  std::string content_type;
  enlace::headers headers;
  enlace::context ids;
  std::string operation = "default";
  std::optional<seconds_d> timeout;
  std::optional<int> max_attempts;
  std::optional<bool> idempotent;
  std::string idempotency_key;
  std::optional<bool> use_cache;
  std::optional<seconds_d> cache_ttl;
  bool trail = false;
  bool resume = false;
  stream_format format = stream_format::automatic;
  std::optional<bool> heartbeats;
  body_producer produce;
  std::optional<std::uint64_t> length;
  std::optional<seconds_d> first_event_timeout;
  std::optional<seconds_d> between_events_timeout;
};

request::request(std::string_view method, std::string_view url) : parts_(std::make_unique<parts>()) {
  parts_->method = method;
  parts_->url = url;
}

request::request(const request& other) : parts_(std::make_unique<parts>(*other.parts_)) {}
request::request(request&& other) noexcept = default;
request& request::operator=(request&& other) noexcept = default;
request::~request() = default;

request& request::operator=(const request& other) {
  parts_ = std::make_unique<parts>(*other.parts_);
  return *this;
}

request& request::data(json::value value) & {
  parts_->data = std::move(value);
  return *this;
}

request& request::body(std::string bytes, std::string_view content_type) & {
  parts_->body = std::move(bytes);
  parts_->content_type = content_type;
  return *this;
}

request& request::body_stream(body_producer produce, std::string_view content_type,
                              std::optional<std::uint64_t> length) & {
  parts_->produce = std::move(produce);
  parts_->content_type = content_type;
  parts_->length = length;
  return *this;
}

request& request::header(std::string_view name, std::string_view value) & {
  parts_->headers.set(name, value);
  return *this;
}

request& request::tenant(std::string id) & {
  parts_->ids.tenant(std::move(id));
  return *this;
}

request& request::agent(std::string id) & {
  parts_->ids.agent(std::move(id));
  return *this;
}

request& request::conversation(std::string id) & {
  parts_->ids.conversation(std::move(id));
  return *this;
}

request& request::collection(std::string id) & {
  parts_->ids.collection(std::move(id));
  return *this;
}

request& request::context(enlace::context ids) & {
  parts_->ids = ids.over(parts_->ids);
  return *this;
}

request& request::operation(std::string_view name) & {
  parts_->operation = name.empty() ? std::string_view("default") : name;
  return *this;
}

request& request::timeout(seconds_d whole_call) & {
  parts_->timeout = whole_call;
  return *this;
}

request& request::max_attempts(int count) & {
  parts_->max_attempts = count;
  return *this;
}

request& request::idempotent(bool yes) & {
  parts_->idempotent = yes;
  return *this;
}

request& request::idempotency_key(std::string_view key) & {
  parts_->idempotency_key = key;
  return *this;
}

request& request::use_cache(bool yes) & {
  parts_->use_cache = yes;
  return *this;
}

request& request::cache_ttl(seconds_d ttl) & {
  parts_->cache_ttl = ttl;
  return *this;
}

request& request::stream_as(stream_format format) & {
  parts_->format = format;
  return *this;
}

request& request::first_event_timeout(seconds_d time) & {
  parts_->first_event_timeout = time;
  return *this;
}

request& request::between_events_timeout(seconds_d time) & {
  parts_->between_events_timeout = time;
  return *this;
}

request& request::heartbeats(bool keep_alive) & {
  parts_->heartbeats = keep_alive;
  return *this;
}

request& request::resume(bool yes) & {
  parts_->resume = yes;
  return *this;
}

request& request::trail(bool yes) & {
  parts_->trail = yes;
  return *this;
}

const std::string& request::method() const noexcept { return parts_->method; }
const std::string& request::url() const noexcept { return parts_->url; }
const std::optional<json::value>& request::data() const noexcept { return parts_->data; }
const std::optional<std::string>& request::body() const noexcept { return parts_->body; }
const body_producer& request::body_stream() const noexcept { return parts_->produce; }
std::optional<std::uint64_t> request::body_length() const noexcept { return parts_->length; }
const std::string& request::content_type() const noexcept { return parts_->content_type; }
const headers& request::headers() const noexcept { return parts_->headers; }
const context& request::ids() const noexcept { return parts_->ids; }
const std::string& request::operation() const noexcept { return parts_->operation; }
std::optional<seconds_d> request::timeout() const noexcept { return parts_->timeout; }
std::optional<int> request::max_attempts() const noexcept { return parts_->max_attempts; }
std::optional<bool> request::idempotent() const noexcept { return parts_->idempotent; }
const std::string& request::idempotency_key() const noexcept { return parts_->idempotency_key; }
std::optional<bool> request::use_cache() const noexcept { return parts_->use_cache; }
std::optional<seconds_d> request::cache_ttl() const noexcept { return parts_->cache_ttl; }
stream_format request::stream_as() const noexcept { return parts_->format; }
std::optional<seconds_d> request::first_event_timeout() const noexcept { return parts_->first_event_timeout; }
std::optional<seconds_d> request::between_events_timeout() const noexcept { return parts_->between_events_timeout; }
std::optional<bool> request::heartbeats() const noexcept { return parts_->heartbeats; }
bool request::resume() const noexcept { return parts_->resume; }
bool request::trail() const noexcept { return parts_->trail; }

request get(std::string_view url) { return request("GET", url); }
request post(std::string_view url) { return request("POST", url); }
request put(std::string_view url) { return request("PUT", url); }
request patch(std::string_view url) { return request("PATCH", url); }
request del(std::string_view url) { return request("DELETE", url); }
request head(std::string_view url) { return request("HEAD", url); }

}  // namespace enlace
