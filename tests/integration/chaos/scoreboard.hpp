#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <enlace/json.hpp>
#include <enlace/reply.hpp>

#include "integration/chaos/answer_check.hpp"
#include "soak/latency_histogram.hpp"

namespace enlace::test {

/// What became of the calls. Thread-safe. All its memory is taken at the start, so that what grows is not the driver.
class scoreboard {
 public:
  using clock = std::chrono::steady_clock;
  struct settings {
    std::uint64_t calls = 0;
    std::chrono::seconds lasts{};
    bool bad_upstream = false;
    /// Gets a line "ID CODE" for each reply; empty: none.
    std::string replies_file;
  };

  explicit scoreboard(const settings& how)
      : how_(how),
        replies_(how.calls),
        tenths_(static_cast<std::size_t>((how.lasts + std::chrono::minutes(1)) / tenth)),
        file_(nullptr, std::fclose) {
    if (!how.replies_file.empty()) file_.reset(std::fopen(how.replies_file.c_str(), "we"));
  }

  void begin() {
    const std::lock_guard lock(mutex_);
    ++begun_;
  }

  void end(const planned_call& call, const reply& answer, clock::time_point began) {
    const clock::time_point now = clock::now();
    const std::string_view code = answer ? "OK" : facts_of(answer.error().code).name;
    const std::lock_guard lock(mutex_);
    if (++replies_[call.number] > 1) ++doubles_;
    ++ended_;
    ++second_.calls;
    whole_.add(now - began);
    second_.took.add(now - began);
    const clock::time_point due = began + call.timeout;
    if (now > due) late_.add(now - due);
    const auto at = static_cast<std::size_t>((now - start_) / tenth);
    if (at < tenths_.size()) ++tenths_[at].first;
    if (answer) {
      ++second_.ok;
      if (at < tenths_.size()) ++tenths_[at].second;
      check(call, answer);
    } else {
      ++second_.failures[std::string(code)];
      ++failures_[std::string(code)];
    }
    if (file_ != nullptr) std::fprintf(file_.get(), "%s %s\n", call.id.c_str(), code.data());
  }

  /// What came in since it was last asked.
  [[nodiscard]] json::object take_second() {
    const std::lock_guard lock(mutex_);
    json::object line = object("at", seconds_of(clock::now()), "calls", second_.calls, "ok", second_.ok, "in_flight",
                               begun_ - ended_, "p50_ms", second_.took.percentile(0.5), "p99_ms",
                               second_.took.percentile(0.99), "failures", second_.failures);
    second_.calls = second_.ok = 0;
    second_.failures.clear();
    second_.took.clear();
    return line;
  }

  [[nodiscard]] bool all_ended() const {
    const std::lock_guard lock(mutex_);
    return ended_ >= begun_;
  }

  /// How it all went. "tenths" has, for each tenth of a second from "began" on, replies and those of them that are
  /// good.
  [[nodiscard]] json::object summary() {
    const std::lock_guard lock(mutex_);
    if (file_ != nullptr) std::fflush(file_.get());
    json::array tenths;
    for (const auto& [calls, ok] : tenths_) tenths.push_back(array(calls, ok));
    json::object late = object("calls", late_.total(), "p50_ms", late_.percentile(0.5), "p99_ms",
                               late_.percentile(0.99), "longest_ms", late_.longest());
    return object("began", seconds_of(start_), "calls", begun_, "replies", ended_, "lost", lost(), "doubles", doubles_,
                  "wrong_subject", wrong_subject_, "wrong_tenant", wrong_tenant_, "failures", failures_, "p50_ms",
                  whole_.percentile(0.5), "p99_ms", whole_.percentile(0.99), "late", std::move(late), "tenths",
                  std::move(tenths));
  }

 private:
  static constexpr std::chrono::milliseconds tenth{100};
  struct one_second {
    std::uint64_t calls = 0;
    std::uint64_t ok = 0;
    std::map<std::string, std::uint64_t> failures;
    latency_histogram took;
  };

  static double seconds_of(clock::time_point when) {
    return std::chrono::duration<double>(when.time_since_epoch()).count();
  }

  void check(const planned_call& call, const reply& answer) {
    const answer_names names = names_in(answer, how_.bad_upstream, call.kind);
    if (names.subject != call.subject) ++wrong_subject_;
    if (names.tenant != call.tenant) ++wrong_tenant_;
  }

  [[nodiscard]] std::uint64_t lost() const {
    std::uint64_t none = 0;
    for (std::uint64_t i = 0; i < begun_; ++i) none += replies_[i] == 0 ? 1U : 0U;
    return none;
  }

  settings how_;
  const clock::time_point start_ = clock::now();
  mutable std::mutex mutex_;
  std::uint64_t begun_ = 0, ended_ = 0, doubles_ = 0, wrong_subject_ = 0, wrong_tenant_ = 0;
  std::vector<std::uint8_t> replies_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> tenths_;
  std::map<std::string, std::uint64_t> failures_;
  one_second second_;
  latency_histogram whole_, late_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace enlace::test
