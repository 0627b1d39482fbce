#include "client/loop.hpp"

namespace enlace {

client::loop::loop(std::shared_ptr<client_core> c, std::shared_ptr<clock> t, std::unique_ptr<transport> n,
                   std::uint64_t seed)
    : core(std::move(c)), time(std::move(t)), network(std::move(n)), random(seed) {}

std::shared_ptr<const call_target> client::loop::target(const url& to, std::string_view operation) {
  if (const std::uint64_t latest = core->generation(); latest != generation_) {
    generation_ = latest;
    configuration_ = core->configuration();
    targets_.clear();
  }
  const endpoint& where = to.endpoint();
  key_.clear();
  key_.push_back(where.tls ? 's' : 'p');
  key_.append(to.authority());
  key_.append(where.unix_path);
  key_.push_back('\n');
  key_.append(operation);
  auto found = targets_.find(key_);
  if (found != targets_.end()) return found->second;

  auto made = std::make_shared<call_target>();
  made->configuration = configuration_;
  made->rules = configuration_->resolve(where, operation);
  made->to = core->service_for(made->rules, time->now());
  made->guard = &made->to->breaker_for(made->rules);
  made->numbers = core->told().metrics().of(made->rules.service);
  if (targets_.size() >= targets_most) targets_.clear();
  targets_.emplace(key_, made);
  return made;
}

std::unique_ptr<call_state> client::loop::take_state() {
  if (spare_.empty()) return std::make_unique<call_state>();
  std::unique_ptr<call_state> state = std::move(spare_.back());
  spare_.pop_back();
  return state;
}

void client::loop::give_back(std::unique_ptr<call_state> used) noexcept {
  used->clear();
  if (spare_.size() < states_most) spare_.push_back(std::move(used));
}

}  // namespace enlace
