#pragma once

#include <zlib.h>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/headers.hpp>

#include "support/test_server.hpp"

namespace enlace::test {

/// What gzip made of it.
inline std::string gunzipped(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK) {
    char piece[16384];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece, sizeof piece - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("not gzip");
  return text;
}

/// Takes what is sent to an OpenTelemetry collector, and answers as told, with 200 beyond that.
class otlp_collector {
 public:
  struct request {
    std::chrono::steady_clock::time_point at;
    std::string target;
    enlace::headers fields;
    /// Without its gzip.
    std::string body;
  };
  struct answer {
    int status = 200;
    std::string retry_after{};
    std::string body = "{}";
    bool drop = false;
    bool hang = false;
  };

  otlp_collector() : server_(handler(state_)) {}

  [[nodiscard]] std::string url() const { return server_.url(); }
  /// How the next requests are answered, whatever they are.
  void script(std::vector<answer> answers) {
    const std::lock_guard lock(state_->mutex);
    for (answer& each : answers) state_->script.push_back(std::move(each));
  }
  /// How all others are.
  void always(answer one) {
    const std::lock_guard lock(state_->mutex);
    state_->otherwise = std::move(one);
  }
  [[nodiscard]] std::vector<request> requests() const {
    const std::lock_guard lock(state_->mutex);
    return state_->requests;
  }
  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->requests.size();
  }

 private:
  struct shared {
    std::mutex mutex;
    std::vector<request> requests;
    std::deque<answer> script;
    answer otherwise;
  };

  static answer note(shared& state, const server_request& asked) {
    request made;
    made.at = std::chrono::steady_clock::now();
    made.target = asked.target();
    made.fields = asked.headers();
    made.body = asked.headers().contains("Content-Encoding") ? gunzipped(asked.body()) : asked.body();
    const std::lock_guard lock(state.mutex);
    state.requests.push_back(std::move(made));
    if (state.script.empty()) return state.otherwise;
    answer next = std::move(state.script.front());
    state.script.pop_front();
    return next;
  }

  static boost::asio::awaitable<void> respond(std::shared_ptr<shared> state, const server_request& asked,
                                              responder& out) {
    const answer how = note(*state, asked);
    if (how.hang) {
      co_await out.wait(std::chrono::hours(1));
      co_return;
    }
    if (how.drop) {
      out.reset();
      co_return;
    }
    if (!how.retry_after.empty()) out.header("Retry-After", how.retry_after);
    co_await out.send(how.status, "application/json", how.body);
  }

  static http_server::handler handler(std::shared_ptr<shared> state) {
    return
        [state = std::move(state)](const server_request& asked, responder& out) { return respond(state, asked, out); };
  }

  std::shared_ptr<shared> state_ = std::make_shared<shared>();
  test_server server_;
};

}  // namespace enlace::test
