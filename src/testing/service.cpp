#include <algorithm>
#include <cmath>
#include <numbers>

#include <enlace/testing/service.hpp>

namespace enlace::testing {

namespace {

/// Box and Muller; one of the two.
double standard_normal(random_source& random) noexcept {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

}  // namespace

latency latency::fixed(duration always) noexcept { return {shape::uniform, always, always, 0}; }

latency latency::between(duration least, duration most) noexcept {
  return {shape::uniform, least, std::max(least, most), 0};
}

latency latency::around(duration median, double sigma) noexcept { return {shape::log_normal, median, median, sigma}; }

duration latency::draw(random_source& random) const noexcept {
  if (shape_ == shape::uniform) {
    return a_ + duration(static_cast<duration::rep>(random.below(static_cast<std::uint64_t>((b_ - a_).count()) + 1)));
  }
  const double drawn = static_cast<double>(a_.count()) * std::exp(sigma_ * standard_normal(random));
  constexpr duration most = std::chrono::hours(1);
  return drawn < static_cast<double>(most.count()) ? duration(static_cast<duration::rep>(drawn)) : most;
}

answer::answer(int with_status, std::string with_body) : status(with_status), body(std::move(with_body)) {
  fields.add("Content-Type", "application/json");
}

answer& answer::streams(std::string_view content_type, std::vector<std::string> in_pieces, duration every) {
  fields.set("Content-Type", content_type);
  body.clear();
  pieces.clear();
  for (std::string& each : in_pieces) {
    pieces.push_back({pieces.empty() ? duration::zero() : every, std::move(each)});
  }
  return *this;
}

service::service(std::string authority, virtual_clock& time) : authority_(std::move(authority)), time_(time) {}

service& service::answers(std::function<answer(const received&)> with) {
  answers_ = std::move(with);
  return *this;
}

service& service::fares(conditions how) {
  usual_ = how;
  spells_.clear();
  return *this;
}

service& service::fares_for(duration span, conditions how) {
  spells_.push_back(spell{time_.now() + span, how});
  return *this;
}

service& service::restarts(duration down, duration slow_start) {
  ++life_;
  down_until_ = time_.now() + down;
  slow_start_ = slow_start;
  slow_until_ = down_until_ + slow_start;
  return *this;
}

service& service::partitioned_for(duration span) {
  cut_until_ = std::max(cut_until_, time_.now() + span);
  return *this;
}

service& service::recovers(conditions how) {
  down_until_ = slow_until_ = cut_until_ = time_.now();
  return fares(how);
}

service& service::keeps_requests(bool yes) {
  keeps_requests_ = yes;
  return *this;
}

const conditions& service::now_faring() noexcept {
  while (!spells_.empty() && spells_.back().until <= time_.now()) spells_.pop_back();
  return spells_.empty() ? usual_ : spells_.back().how;
}

double service::slowness() const noexcept {
  const time_point now = time_.now();
  if (now >= slow_until_) return 1;
  return 1 + 9 * std::chrono::duration<double>(slow_until_ - now) / std::chrono::duration<double>(slow_start_);
}

}  // namespace enlace::testing
