#include <enlace/call_service.hpp>
#include <enlace/client.hpp>
#include <enlace/stream.hpp>

#include "client/stream_state.hpp"
#include "message/envelope.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

error too_much(std::uint64_t most) {
  error made(error_code::external_api_error,
             "The stream is larger than max_body_bytes (" + std::to_string(most) + "); read it event by event");
  made.details["error"] = "too_large";
  return made;
}

json::value value_of(const stream_event& event) {
  result<json::value> parsed = event.value();
  if (parsed) return *std::move(parsed);
  return json::string(event.data);
}

}  // namespace

std::string_view name_of(stream_end end) noexcept {
  switch (end) {
    case stream_end::open:
      return "open";
    case stream_end::finished:
      return "finished";
    case stream_end::failed:
      return "failed";
    case stream_end::interrupted:
      return "interrupted";
    case stream_end::timed_out:
      return "timed_out";
    case stream_end::reported:
      return "reported";
    case stream_end::unusable:
      return "unusable";
    case stream_end::cancelled:
      break;
  }
  return "cancelled";
}

stream::stream(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
stream::stream(stream&& other) noexcept = default;
stream& stream::operator=(stream&& other) noexcept = default;
stream::~stream() = default;

asio::awaitable<const stream_event*> stream::next() { return state::next(*state_); }

asio::awaitable<std::string_view> stream::next_text() {
  if (state_->said == nullptr) state_->said = std::make_unique<model_output>();
  for (const stream_event* event = co_await next(); event != nullptr; event = co_await next()) {
    model_output& said = *state_->said;
    const std::string_view added =
        state_->gives_bytes() && !state_->was_whole() ? said.add_text(event->data) : said.add(*event);
    if (!added.empty()) co_return added;
  }
  co_return std::string_view();
}

const model_output& stream::output() const noexcept {
  static const model_output nothing;
  return state_->said != nullptr ? *state_->said : nothing;
}

const std::string& stream::text() const noexcept { return output().text(); }

asio::awaitable<reply> stream::collect() {
  json::array values;
  incoming bytes;
  model_output said;
  std::uint64_t size = 0;
  std::uint64_t most = 0;
  for (const stream_event* event = co_await next(); event != nullptr; event = co_await next()) {
    if (most == 0) most = state_->max_body_bytes();
    size += event->data.size();
    if (state_->was_whole()) continue;
    if (size > most) co_return reply(too_much(most));
    if (state_->gives_bytes()) {
      bytes.body.append(event->data);
      continue;
    }
    said.add(*event);
    values.push_back(value_of(*event));
  }
  reply made = ending();
  if (!made.success() || state_->was_whole()) co_return made;
  if (state_->gives_bytes()) {
    bytes.status = state_->status;
    bytes.headers = state_->headers;
    reply read = reply_from(std::move(bytes), "GET");
    made.data() = std::move(read.data());
  } else if (said.recognised()) {
    made.data() = said.to_json();
  } else {
    made.data() = std::move(values);
  }
  co_return made;
}

stream_end stream::ended() const noexcept { return state_->end; }
const reply& stream::ending() const noexcept {
  static const reply nothing_yet;
  return state_->ending ? *state_->ending : nothing_yet;
}
int stream::status() const noexcept { return state_->status; }
const headers& stream::headers() const noexcept { return state_->headers; }
stream_format stream::format() const noexcept { return state_->format(); }
bool stream::saw_done() const noexcept { return state_->saw_done(); }
std::uint64_t stream::events() const noexcept { return state_->events; }
const std::string& stream::last_event_id() const noexcept { return state_->last_event_id(); }

stream client::stream(request asked) {
  return enlace::stream(std::make_unique<enlace::stream::state>(loop_, std::move(asked)));
}

stream stream_service(request asked) { return stream(std::make_unique<stream::state>(nullptr, std::move(asked))); }

}  // namespace enlace
