// A soak: calls at full speed for a long time, on behalf of many tenants, while the configuration changes each second
// and calls are cancelled at random. Fails when memory, descriptors or p99 grow, or a reply is lost or another
// tenant's. Usage: soak [--seconds N] [--tenants N] [--callers N] [--samples FILE]

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "soak/arguments.hpp"
#include "soak/caller.hpp"
#include "soak/flatness.hpp"
#include "soak/process_figures.hpp"
#include "soak/reconfiguration.hpp"
#include "soak/soak_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// The last quarter of the run against the first, after the warm-up. Medians, so that one stumble of a shared machine
// does not count.
constexpr growth_limit memory_limit{1.05, 4 << 20};
constexpr growth_limit descriptor_limit{1, 48};
constexpr growth_limit p99_limit{2, 10};
/// Shorter runs show neither what memory does once all tables are full, nor a p99 to go by.
constexpr std::chrono::seconds judged_fully = 60s;
constexpr growth_limit short_memory_limit{1.05, 32 << 20};

/// A sanitizer keeps memory for purposes of its own.
constexpr bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

class soak {
 public:
  explicit soak(const arguments& given)
      : lasts_(given.number("seconds", 1200)),
        folder_(std::filesystem::temp_directory_path() / ("enlace-soak-" + std::to_string(::getpid()))),
        samples_file_(given.text("samples", "")) {
    std::filesystem::create_directory(folder_);
    changes_.emplace(runtime_, (folder_ / "enlace.toml").string());
    soak_caller::settings how;
    how.url = server_.url();
    how.tenants = given.number<std::uint64_t>("tenants", 100'000);
    const auto callers = given.number<std::size_t>("callers", 32);
    for (std::size_t i = 0; i < callers * runtime_.loops(); ++i) {
      how.seed = i + 1;
      callers_.push_back(std::make_unique<soak_caller>(runtime_, i % runtime_.loops(), how, stop_, totals_));
    }
  }
  soak(const soak&) = delete;
  soak& operator=(const soak&) = delete;
  ~soak() { std::filesystem::remove_all(folder_); }

  /// Whether all was as it should be.
  bool run() {
    for (const auto& each : callers_) each->start();
    const steady::time_point start = steady::now();
    const auto sample_every = std::clamp<steady::duration>(lasts_ / 40, 200ms, 5s);
    steady::time_point change_due = start + 1s;
    steady::time_point sample_due = start + sample_every;
    while (steady::now() < start + lasts_) {
      std::this_thread::sleep_until(std::min({change_due, sample_due, start + lasts_}));
      if (steady::now() >= change_due) {
        changes_->change();
        change_due += 1s;
      }
      if (steady::now() >= sample_due) {
        sample(steady::now() - start);
        sample_due += sample_every;
      }
    }
    return judge(end());
  }

 private:
  void sample(std::chrono::duration<double> at) {
    const latency_histogram times = totals_.take_times();
    const auto memory = static_cast<double>(resident_bytes());
    const std::size_t open = descriptors_open();
    memory_.add(memory);
    descriptors_.add(static_cast<double>(open));
    p99_.add(times.percentile(0.99));
    std::string line;
    append_json(line, object("second", at.count(), "resident_bytes", memory, "descriptors", open, "p50_ms",
                             times.percentile(0.5), "p99_ms", times.percentile(0.99), "calls", times.total()));
    (samples_file_.is_open() ? samples_file_ : std::cout) << line << std::endl;
  }

  /// Ends the calls, and says how many are lost.
  std::uint64_t end() {
    stop_ = true;
    const steady::time_point give_up = steady::now() + 60s;
    while (totals_.ended < totals_.begun && steady::now() < give_up) std::this_thread::sleep_for(1ms);
    const std::uint64_t lost = totals_.begun - totals_.ended;
    if (lost != 0) {
      std::cerr << "soak: " << lost << " calls had no reply\n";
      std::_Exit(1);  // what is still under way would outlive its callers
    }
    for (std::size_t i = 0; i < runtime_.loops(); ++i) {
      // What was cancelled or posted before is through then.
      std::promise<void> through;
      boost::asio::post(runtime_.executor(i), [&through] { through.set_value(); });
      through.get_future().wait();
    }
    changes_faults_ = changes_->faults();
    changes_made_ = changes_->changes();
    callers_.clear();
    changes_.reset();
    return lost;
  }

  bool judge(std::uint64_t lost) {
    std::uint64_t failed = 0;
    for (std::size_t i = 0; i < totals_.failures.size(); ++i) {
      const std::uint64_t count = totals_.failures.at(i);
      failed += count;
      if (count != 0) std::cerr << "soak: " << count << " of " << facts_of(static_cast<error_code>(i)).name << '\n';
    }
    const bool whole = lasts_ >= judged_fully;
    bool good = none(lost, "calls without a reply") && none(totals_.doubles, "second replies") &&
                none(totals_.wrong_tenant, "replies of another tenant") &&
                none(totals_.wrong_subject, "replies of another call") && none(failed, "calls that failed") &&
                none(changes_faults_, "configurations that were not taken");
    good = flat("resident bytes", memory_, whole ? memory_limit : short_memory_limit, !is_sanitized()) && good;
    good = flat("descriptors", descriptors_, descriptor_limit, true) && good;
    good = flat("p99 in ms", p99_, p99_limit, whole) && good;
    std::cout << "calls " << totals_.ended << ", succeeded " << totals_.succeeded << " (" << totals_.cached
              << " from the cache), cancelled " << totals_.cancelled << ", reconfigured " << changes_made_
              << " times: " << (good ? "passed" : "failed") << std::endl;
    return good;
  }

  static bool none(std::uint64_t count, std::string_view what) {
    if (count != 0) std::cerr << "soak: " << count << ' ' << what << '\n';
    return count == 0;
  }
  static bool flat(std::string_view what, const figure_series& series, growth_limit limit, bool judged) {
    const bool good = !judged || !series.long_enough() || series.is_flat(limit);
    std::cout << what << ": " << series.first_quarter() << " at first, " << series.last_quarter() << " at last"
              << (good ? "" : ", too much") << std::endl;
    return good;
  }

  std::chrono::seconds lasts_;
  std::filesystem::path folder_;
  std::ofstream samples_file_;
  figure_series memory_;
  figure_series descriptors_;
  figure_series p99_;
  std::uint64_t changes_faults_ = 0;
  std::uint64_t changes_made_ = 0;
  soak_totals totals_;
  std::atomic<bool> stop_{false};
  soak_server server_;
  runtime runtime_{reconfiguration::first(), 2};
  std::optional<reconfiguration> changes_;
  std::vector<std::unique_ptr<soak_caller>> callers_;
};

}  // namespace
}  // namespace enlace::test

int main(int count, char** words) {
  try {
    return enlace::test::soak(enlace::test::arguments(count, words)).run() ? 0 : 1;
  } catch (const std::exception& wrong) {
    std::cerr << "soak: " << wrong.what() << '\n';
    return 1;
  }
}
