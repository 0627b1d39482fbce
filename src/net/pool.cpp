#include "net/pool.hpp"

#include <functional>

#include <boost/asio/deferred.hpp>

#include "net/connection.hpp"

namespace enlace {

/// A caller that waits for a connection. Linked into its host while it waits; destroyed with its coroutine.
struct pool::caller {
  caller(host& h, turn& t);
  ~caller() { leave(); }
  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;
  void leave() noexcept;

  host& from;
  turn& out;
  bool listed = true;
  std::list<caller*>::iterator position;
  signal woken;
};

struct pool::host {
  explicit host(const endpoint& to) : counts(std::make_shared<connection_counts>(to)) {}
  std::shared_ptr<connection_counts> counts;
  std::list<caller*> callers;
  std::size_t open = 0;
  // Last, so first to go: each gives its place back to what stands above.
  std::vector<std::unique_ptr<connection>> idle;
};

pool::caller::caller(host& h, turn& t) : from(h), out(t) {
  position = h.callers.insert(h.callers.end(), this);
  h.counts->waiting(h.callers.size());
}

void pool::caller::leave() noexcept {
  if (!std::exchange(listed, false)) return;
  from.callers.erase(position);
  from.counts->waiting(from.callers.size());
}

std::size_t pool_key_hash::operator()(const pool_key& key) const noexcept {
  return (*this)(pool_key_view{key.to, key.tls});
}

std::size_t pool_key_hash::operator()(const pool_key_view& key) const noexcept {
  const std::hash<std::string> of;
  std::size_t hash = of(key.to.host);
  if (!key.to.unix_path.empty()) hash ^= of(key.to.unix_path) * 31;
  if (!key.tls.ca_file.empty()) hash ^= of(key.tls.ca_file) * 131;
  return hash ^ (static_cast<std::size_t>(key.to.port) << 2U) ^ static_cast<std::size_t>(key.to.tls) ^
         (static_cast<std::size_t>(key.tls.verify) << 1U);
}

pool::place& pool::place::operator=(place&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = other.pool_;
    host_ = std::exchange(other.host_, nullptr);
  }
  return *this;
}

void pool::place::release() noexcept {
  if (host_ == nullptr) return;
  host& from = *std::exchange(host_, nullptr);
  --from.open;
  --pool_->open_;
  from.counts->open(from.open);
  pool_->wake_next(from);
}

pool::pool(pool_options options, std::shared_ptr<connection_register> counted)
    : options_(options), counted_(std::move(counted)) {}

pool::~pool() = default;

pool::host& pool::find(const endpoint& to, const tls_settings* tls) {
  static const tls_settings without_tls;
  const pool_key_view asked{to, tls != nullptr && to.tls ? *tls : without_tls};
  if (const auto found = hosts_.find(asked); found != hosts_.end()) return *found->second;
  if (hosts_.size() >= hosts_most) drop_unused_hosts();
  host& made = *hosts_.emplace(pool_key{asked.to, asked.tls}, std::make_unique<host>(to)).first->second;
  if (counted_ != nullptr) counted_->add(made.counts);
  return made;
}

void pool::drop_unused_hosts() {
  std::erase_if(hosts_, [](const auto& entry) { return entry.second->open == 0 && entry.second->callers.empty(); });
}

std::unique_ptr<connection> pool::take(host& from, time_point now) {
  while (!from.idle.empty()) {
    std::unique_ptr<connection> latest = std::move(from.idle.back());
    from.idle.pop_back();
    --idle_;
    from.counts->idle(from.idle.size());
    if (now - latest->idle_since() < options_.idle_limit && latest->alive()) return latest;
  }
  return nullptr;
}

pool::place pool::try_place(host& from) {
  if (from.open >= options_.per_host) return {};
  ++from.open;
  ++open_;
  from.counts->open(from.open);
  return {*this, from};
}

boost::asio::awaitable<void> pool::wait_turn(host& from, clock& time, time_point deadline, turn& out) {
  caller self(from, out);
  const clock_wait limit(time, self.woken, deadline);
  co_await self.woken.async_wait(boost::asio::deferred);
}

void pool::wake_next(host& from) noexcept {
  if (from.callers.empty() || from.open >= options_.per_host) return;
  caller& next = *from.callers.front();
  next.leave();
  next.out.place = try_place(from);
  next.woken.fire();
}

void pool::give_back(std::unique_ptr<connection> idle, time_point now) {
  if (options_.idle_limit <= duration::zero()) return;
  host& home = idle->home();
  if (!home.callers.empty()) {
    caller& next = *home.callers.front();
    next.leave();
    next.out.idle = std::move(idle);
    next.woken.fire();
    return;
  }
  idle->idle_since(now);
  home.idle.push_back(std::move(idle));
  ++idle_;
  home.counts->idle(home.idle.size());
  if (now - swept_ > std::chrono::seconds(1)) sweep(now);
}

void pool::sweep(time_point now) noexcept {
  swept_ = now;
  for (auto& entry : hosts_) {
    auto& idle = entry.second->idle;
    // Oldest first: the newest is at the back.
    std::size_t old = 0;
    while (old < idle.size() && now - idle[old]->idle_since() >= options_.idle_limit) ++old;
    if (old == 0) continue;
    idle_ -= old;
    idle.erase(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(old));
    entry.second->counts->idle(idle.size());
  }
}

void pool::close_idle() noexcept {
  for (auto& entry : hosts_) {
    idle_ -= entry.second->idle.size();
    entry.second->idle.clear();
    entry.second->counts->idle(entry.second->idle.size());
  }
}

}  // namespace enlace
