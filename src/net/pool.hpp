#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <enlace/clock.hpp>
#include <enlace/exchange.hpp>

#include "net/connection_counts.hpp"
#include "net/signal.hpp"

namespace enlace {

class connection;

/// Which connections may serve each other's requests: same endpoint, same TLS settings.
struct pool_key {
  endpoint to;
  tls_settings tls;
  friend bool operator==(const pool_key&, const pool_key&) = default;
};

/// The same for a look-up, which then copies nothing.
struct pool_key_view {
  const endpoint& to;
  const tls_settings& tls;
};

struct pool_key_hash {
  using is_transparent = void;
  std::size_t operator()(const pool_key& key) const noexcept;
  std::size_t operator()(const pool_key_view& key) const noexcept;
};

struct pool_key_equal {
  using is_transparent = void;
  bool operator()(const pool_key& a, const pool_key& b) const noexcept { return a == b; }
  bool operator()(const pool_key_view& a, const pool_key& b) const noexcept { return a.to == b.to && a.tls == b.tls; }
};

/// How many connections, and for how long.
struct pool_options {
  /// An idle connection is closed after this long. Zero: none is kept.
  duration idle_limit = std::chrono::seconds(60);
  /// Connections of one host, idle and busy. Callers beyond it wait for a place until their deadline.
  std::size_t per_host = 128;
};

/// The connections of one loop. Last in, first out, so that few stay warm and the rest grow old and are closed.
/// Belongs to one loop; nothing is shared. Outlives its connections: whoever holds one holds the pool's owner too.
class pool {
 public:
  struct host;

  /// The right to have one connection of a host. Given back when destroyed, which lets a waiting caller have it.
  class place {
   public:
    place() noexcept = default;
    place(place&& other) noexcept : pool_(other.pool_), host_(std::exchange(other.host_, nullptr)) {}
    place& operator=(place&& other) noexcept;
    ~place() { release(); }
    explicit operator bool() const noexcept { return host_ != nullptr; }

   private:
    friend class pool;
    place(pool& owner, host& h) noexcept : pool_(&owner), host_(&h) {}
    void release() noexcept;
    pool* pool_ = nullptr;
    host* host_ = nullptr;
  };

  /// Told of its connections is `counted`, unless it is null.
  explicit pool(pool_options options, std::shared_ptr<connection_register> counted = nullptr);
  ~pool();
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  [[nodiscard]] host& find(const endpoint& to, const tls_settings* tls);

  /// The most recently used idle connection that is still alive; null when there is none.
  std::unique_ptr<connection> take(host& from, time_point now);
  /// A place for a new connection; empty when the host's cap is reached.
  place try_place(host& from);
  /// Waits for an idle connection or a place. Both empty: the deadline passed, or cancelled.
  struct turn {
    std::unique_ptr<connection> idle;
    pool::place place;
  };
  boost::asio::awaitable<void> wait_turn(host& from, clock& time, time_point deadline, turn& out);
  /// Keeps a connection for later, or hands it to a caller that waits.
  void give_back(std::unique_ptr<connection> idle, time_point now);

  /// Closes what has been idle for too long.
  void sweep(time_point now) noexcept;
  void close_idle() noexcept;

  [[nodiscard]] std::size_t idle_count() const noexcept { return idle_; }
  [[nodiscard]] std::size_t open_count() const noexcept { return open_; }

 private:
  struct caller;
  void wake_next(host& from) noexcept;
  void drop_unused_hosts();

  static constexpr std::size_t hosts_most = 4096;

  pool_options options_;
  std::shared_ptr<connection_register> counted_;
  std::size_t idle_ = 0;
  std::size_t open_ = 0;
  time_point swept_{};
  // Last, so first to go: connections that end give their places back.
  std::unordered_map<pool_key, std::unique_ptr<host>, pool_key_hash, pool_key_equal> hosts_;
};

}  // namespace enlace
