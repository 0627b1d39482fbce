#include "net/connection_counts.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace enlace {

connection_counts::connection_counts(const endpoint& of)
    : address_(of.unix_path.empty() ? of.host : of.unix_path), port_(of.unix_path.empty() ? of.port : 0) {}

void connection_register::add(std::weak_ptr<const connection_counts> of) {
  const std::lock_guard lock(mutex_);
  std::erase_if(all_, [](const auto& each) { return each.expired(); });
  all_.push_back(std::move(of));
}

std::vector<connection_report> connection_register::report() const {
  std::map<std::pair<std::string, std::uint16_t>, connection_report> hosts;
  const std::lock_guard lock(mutex_);
  for (const auto& each : all_) {
    const auto one = each.lock();
    if (one == nullptr) continue;
    connection_report& made = hosts[{one->address_, one->port_}];
    const std::size_t open = one->open_.load(std::memory_order_relaxed);
    const std::size_t idle = one->idle_.load(std::memory_order_relaxed);
    made.idle += idle;
    // The two are read one after the other, while the loop goes on.
    made.active += open - std::min(open, idle);
    made.waiting += one->waiting_.load(std::memory_order_relaxed);
  }
  std::vector<connection_report> all;
  all.reserve(hosts.size());
  for (auto& [host, made] : hosts) {
    made.address = host.first;
    made.port = host.second;
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace enlace
