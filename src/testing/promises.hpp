#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <enlace/testing/world.hpp>

namespace enlace::testing {

/// What enlace promises of each call, checked from outside: with what the network sees, and nothing of the library's.
class promises final : public observer {
 public:
  explicit promises(world& in) : world_(in) {}

  void begin(std::shared_ptr<started_call> call);
  [[nodiscard]] started_call* find(std::uint64_t call) noexcept;
  /// Calls that have no reply yet.
  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }

  void on_attempt(const received& what) override;
  void on_executed(const received& what) override;
  void on_answer(const received& to, const answer& what) override;
  void on_reply(const started_call& ended) override;
  void after_event() override;

 private:
  struct record {
    std::shared_ptr<started_call> call;
    /// What `Retry-After` asked for.
    time_point not_before{};
  };
  void broken(std::string promise, const started_call& by, const std::string& what);
  void check_breaker(const received& what, const started_call& call);
  [[nodiscard]] bool late(const started_call& call, time_point now) const noexcept;

  world& world_;
  std::unordered_map<std::uint64_t, record> calls_;
  /// Those without a reply, by deadline.
  std::set<std::pair<time_point, std::uint64_t>> open_;
};

}  // namespace enlace::testing
