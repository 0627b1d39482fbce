#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <enlace/client.hpp>

#include "server/bad_upstream.hpp"

namespace enlace::cli {

/// What all scenes together came to.
struct demo_totals {
  std::uint64_t calls = 0;
  std::uint64_t attempts = 0;
  std::uint64_t from_cache = 0;
  std::uint64_t shared = 0;
  std::uint64_t rejected = 0;
  std::uint64_t retried = 0;
};

/// What a scene plays on: a client, a badly behaved upstream that counts its hits, and a narrator. One loop's.
class demo_stage {
 public:
  demo_stage(client& caller, std::shared_ptr<bad_upstream> upstream, std::uint16_t port, bool coloured)
      : caller_(caller), upstream_(std::move(upstream)), port_(port), coloured_(coloured) {}

  /// The upstream by its number, and by a name that makes it another service.
  [[nodiscard]] std::string url(std::string_view target) const { return at("127.0.0.1", target); }
  [[nodiscard]] std::string fragile_url(std::string_view target) const { return at("localhost", target); }
  /// How often `key` was hit: what the upstream saw, whatever the client says.
  [[nodiscard]] std::uint64_t hits(std::string_view key) const { return upstream_->count(key); }
  [[nodiscard]] client& caller() noexcept { return caller_; }
  [[nodiscard]] const demo_totals& totals() const noexcept { return totals_; }

  void heading(std::string_view title);
  void say(std::string_view text);
  /// Says what is claimed, and whether it is so.
  bool show(bool holds, std::string_view claim);
  /// Makes a call and counts it.
  boost::asio::awaitable<reply> call(request asked);

 private:
  [[nodiscard]] std::string at(std::string_view host, std::string_view target) const;
  void print(std::string_view colour, std::string_view text);

  client& caller_;
  std::shared_ptr<bad_upstream> upstream_;
  std::uint16_t port_;
  bool coloured_;
  int scene_ = 0;
  demo_totals totals_;
};

/// The scenes. Each says what it does and gives true when all of it really happened.
boost::asio::awaitable<bool> show_retry(demo_stage& stage);
boost::asio::awaitable<bool> show_retry_after(demo_stage& stage);
boost::asio::awaitable<bool> show_deadline(demo_stage& stage);
boost::asio::awaitable<bool> show_breaker(demo_stage& stage);
boost::asio::awaitable<bool> show_stampede(demo_stage& stage);
boost::asio::awaitable<bool> show_context(demo_stage& stage);
boost::asio::awaitable<bool> show_post(demo_stage& stage);
boost::asio::awaitable<bool> show_stream(demo_stage& stage);
boost::asio::awaitable<bool> show_interruption(demo_stage& stage);

}  // namespace enlace::cli
