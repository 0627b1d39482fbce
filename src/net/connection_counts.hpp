#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <enlace/url.hpp>

namespace enlace {

/// The connections of one loop to one host. Written by that loop alone, read by every thread.
class connection_counts {
 public:
  explicit connection_counts(const endpoint& of);
  connection_counts(const connection_counts&) = delete;
  connection_counts& operator=(const connection_counts&) = delete;

  void open(std::size_t now) noexcept { open_.store(now, std::memory_order_relaxed); }
  void idle(std::size_t now) noexcept { idle_.store(now, std::memory_order_relaxed); }
  void waiting(std::size_t now) noexcept { waiting_.store(now, std::memory_order_relaxed); }

 private:
  friend class connection_register;
  /// A host's name, or the path of a socket, whose port is 0.
  std::string address_;
  std::uint16_t port_;
  std::atomic<std::size_t> open_{0}, idle_{0}, waiting_{0};
};

/// The connections of all loops to one host.
struct connection_report {
  std::string address;
  std::uint16_t port = 0;
  std::size_t idle = 0;
  /// Those that serve a request, or are being opened.
  std::size_t active = 0;
  /// Callers that wait for one.
  std::size_t waiting = 0;
};

/// Knows the counts of all loops. Thread-safe.
class connection_register {
 public:
  void add(std::weak_ptr<const connection_counts> of);
  /// By address and port.
  [[nodiscard]] std::vector<connection_report> report() const;

 private:
  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<const connection_counts>> all_;
};

}  // namespace enlace
