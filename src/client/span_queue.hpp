#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "telemetry/otlp_json.hpp"

namespace enlace {

/// Spans of one request to a collector, as its text.
struct span_batch {
  std::string text;
  std::size_t spans = 0;
};

/// Spans that wait, as many as are allowed together with those on their way. They are added to the text of a request,
/// so that nothing is copied or freed for each on its way from one thread to another. Thread-safe.
class span_queue {
 public:
  span_queue(const otlp_resource& from, std::size_t most, std::size_t batch)
      : beginning_(open_otlp_traces(from)), most_(most), batch_(batch) {}

  /// A place for one more, before anything is made.
  [[nodiscard]] bool reserve() noexcept;
  void give_back(std::size_t places) noexcept { held_.fetch_sub(places, std::memory_order_relaxed); }
  /// What `append_otlp_span` made. How many wait now; nothing: the queue is closed. The place must have been reserved.
  [[nodiscard]] std::size_t push(std::string_view span);
  /// The oldest batch; none when nothing waits. The places of its spans stay theirs until given back.
  [[nodiscard]] span_batch take();
  /// Drops all that wait, and says how many these were. Their places stay theirs, too.
  [[nodiscard]] std::size_t drop();
  /// Takes back the memory of a text that is done with.
  void recycle(std::string text) noexcept;
  [[nodiscard]] std::size_t waiting() const;
  void close();
  [[nodiscard]] std::size_t held() const noexcept { return held_.load(std::memory_order_relaxed); }

 private:
  const std::string beginning_;
  const std::size_t most_;
  const std::size_t batch_;
  std::atomic<std::size_t> held_{0};
  mutable std::mutex mutex_;
  std::deque<span_batch> batches_;
  std::size_t waiting_ = 0;
  std::string spare_;
  bool closed_ = false;
};

}  // namespace enlace
