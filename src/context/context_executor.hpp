#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <enlace/context.hpp>

namespace enlace {

/// What all copies of a `context_executor` share.
class context_binding {
 public:
  context_binding(const boost::asio::any_io_executor& executor, context owned);

  [[nodiscard]] const context& owned() const noexcept { return owned_; }
  [[nodiscard]] const boost::asio::any_io_executor& inner() const noexcept { return inner_; }
  /// The loop's executor where `inner` is one, so that it is called without a second type erasure; else null.
  [[nodiscard]] const boost::asio::io_context::executor_type* loop() const noexcept { return loop_; }

  /// Counts the copies that track work. The inner executor tracks for all of them, while there is any.
  void begin_work() {
    std::size_t workers = workers_.load(std::memory_order_relaxed);
    while (workers != 0) {
      if (workers_.compare_exchange_weak(workers, workers + 1, std::memory_order_relaxed)) return;
    }
    begin_first_work();
  }
  void end_work() noexcept {
    if (workers_.fetch_sub(1, std::memory_order_acq_rel) == 1) end_last_work();
  }
  /// One more where there is one already.
  void add_work() noexcept { workers_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void begin_first_work();
  void end_last_work() noexcept;

  const context owned_;
  const boost::asio::any_io_executor inner_;
  const boost::asio::io_context::executor_type* const loop_;
  std::atomic<std::size_t> workers_ = 0;
  std::mutex mutex_;
  boost::asio::any_io_executor tracking_;
};

/// An Asio executor that runs everything on another one and owns a context. It fits the 24 bytes that an
/// `any_io_executor` has in place, so that copies, `require` and `prefer` allocate nothing, whatever the inner one is.
class context_executor {
  struct traits {
    bool never_blocks = false;
    bool continues = false;
    bool tracks = false;
    friend bool operator==(const traits&, const traits&) = default;
  };

 public:
  explicit context_executor(std::shared_ptr<context_binding> binding) noexcept : binding_(std::move(binding)) {}
  // Inline: an operation makes half a dozen copies, moves and destructions.
  context_executor(const context_executor& other) noexcept : binding_(other.binding_), traits_(other.traits_) {
    if (traits_.tracks) binding_->add_work();
  }
  context_executor(context_executor&& other) noexcept
      : binding_(std::move(other.binding_)), traits_(std::exchange(other.traits_, traits())) {}
  context_executor& operator=(context_executor other) noexcept {
    std::swap(binding_, other.binding_);
    std::swap(traits_, other.traits_);
    return *this;
  }
  ~context_executor() {
    if (traits_.tracks) binding_->end_work();
  }

  [[nodiscard]] const context_binding& binding() const noexcept { return *binding_; }

  [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const {
    return boost::asio::query(binding_->inner(), boost::asio::execution::context);
  }

  [[nodiscard]] context_executor require(boost::asio::execution::blocking_t::never_t) const {
    return with(&traits::never_blocks, true);
  }
  [[nodiscard]] context_executor require(boost::asio::execution::blocking_t::possibly_t) const {
    return with(&traits::never_blocks, false);
  }
  [[nodiscard]] context_executor require(boost::asio::execution::relationship_t::continuation_t) const {
    return with(&traits::continues, true);
  }
  [[nodiscard]] context_executor require(boost::asio::execution::relationship_t::fork_t) const {
    return with(&traits::continues, false);
  }
  [[nodiscard]] context_executor require(boost::asio::execution::outstanding_work_t::tracked_t) const {
    if (traits_.tracks) return *this;
    binding_->begin_work();
    traits changed = traits_;
    changed.tracks = true;
    return context_executor(binding_, changed);
  }
  [[nodiscard]] context_executor require(boost::asio::execution::outstanding_work_t::untracked_t) const {
    traits changed = traits_;
    changed.tracks = false;
    return context_executor(binding_, changed);
  }

  template <class Function>
  void execute(Function&& function) const {
    if (binding_->loop() != nullptr) {
      execute_on(*binding_->loop(), std::forward<Function>(function));
    } else {
      execute_on(binding_->inner(), std::forward<Function>(function));
    }
  }

  friend bool operator==(const context_executor& a, const context_executor& b) noexcept {
    return a.binding_ == b.binding_ && a.traits_ == b.traits_;
  }
  friend bool operator!=(const context_executor& a, const context_executor& b) noexcept { return !(a == b); }

 private:
  context_executor(std::shared_ptr<context_binding> binding, traits how) noexcept
      : binding_(std::move(binding)), traits_(how) {}

  [[nodiscard]] context_executor with(bool traits::* trait, bool value) const {
    context_executor changed(*this);
    changed.traits_.*trait = value;
    return changed;
  }

  template <class Executor, class Function>
  void execute_on(const Executor& inner, Function&& function) const {
    namespace execution = boost::asio::execution;
    using boost::asio::prefer;
    using boost::asio::require;
    if (!traits_.never_blocks) {
      inner.execute(std::forward<Function>(function));
    } else if (!traits_.continues) {
      require(inner, execution::blocking.never).execute(std::forward<Function>(function));
    } else {
      prefer(require(inner, execution::blocking.never), execution::relationship.continuation)
          .execute(std::forward<Function>(function));
    }
  }

  std::shared_ptr<context_binding> binding_;
  traits traits_;
};

}  // namespace enlace
