#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <enlace/ambient.hpp>
#include <enlace/runtime.hpp>

namespace enlace {

namespace asio = boost::asio;

namespace {

/// With a value, as the loops' way to end wants one.
asio::awaitable<bool> to_end(const std::function<asio::awaitable<void>()>& job) {
  co_await job();
  co_return true;
}

}  // namespace

/// One loop, its thread, its client, and what has been handed to it.
class runtime::worker {
 public:
  explicit worker(const std::shared_ptr<client_core>& core)
      : work_(asio::make_work_guard(loop_)), client_(loop_.get_executor(), core), thread_([this] { loop_.run(); }) {}

  ~worker() {
    asio::post(loop_, [this] { stop(); });
    thread_.join();
  }
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Runs `job` on the loop. Jobs that come before the loop has woken up travel together.
  void hand_over(std::function<void()> job) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      wake = jobs_.empty();
      jobs_.push_back(std::move(job));
    }
    if (wake) asio::post(loop_, [this] { take_over(); });
  }

  /// On the loop: `job` is a coroutine that ends when the runtime does.
  template <class T>
  void spawn(context ambient, asio::awaitable<T> job, std::function<void(T)> done) {
    running_.emplace_front();
    const auto self = running_.begin();
    if (stopping_) {
      // The signal must be there before it is fired: after the spawn.
      asio::post(loop_, [this] { cancel_all(); });
    }
    asio::co_spawn(bind_context(loop_.get_executor(), std::move(ambient)), std::move(job),
                   asio::bind_cancellation_slot(self->slot(), finisher<T>{this, self, std::move(done)}));
  }

  [[nodiscard]] client& its_client() noexcept { return client_; }
  [[nodiscard]] asio::any_io_executor executor() { return loop_.get_executor(); }

 private:
  template <class T>
  struct finisher {
    worker* owner;
    std::list<asio::cancellation_signal>::iterator self;
    std::function<void(T)> done;
    void operator()(const std::exception_ptr& raised, T value) {
      owner->running_.erase(self);
      if (raised) std::rethrow_exception(raised);
      done(std::move(value));
    }
  };

  void take_over() {
    std::vector<std::function<void()>> jobs;
    {
      const std::lock_guard lock(mutex_);
      jobs.swap(jobs_);
    }
    for (auto& job : jobs) job();
  }

  void stop() {
    stopping_ = true;
    cancel_all();
    client_.close_idle();
    work_.reset();
  }

  void cancel_all() {
    // One that ends at once takes itself off the list.
    for (auto each = running_.begin(); each != running_.end();) (each++)->emit(asio::cancellation_type::terminal);
  }

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  client client_;
  std::mutex mutex_;
  std::vector<std::function<void()>> jobs_;
  std::list<asio::cancellation_signal> running_;
  bool stopping_ = false;
  std::thread thread_;
};

runtime::runtime(options configuration, std::size_t loops) : runtime(make_core(std::move(configuration)), loops) {}

runtime::runtime(std::shared_ptr<client_core> core, std::size_t loops) : core_(std::move(core)) {
  if (loops == 0) throw std::invalid_argument("enlace::runtime: loops must be at least 1");
  for (std::size_t i = 0; i < loops; ++i) workers_.push_back(std::make_unique<worker>(core_));
}

runtime::~runtime() = default;

std::size_t runtime::loops() const noexcept { return workers_.size(); }
asio::any_io_executor runtime::executor(std::size_t index) const { return workers_.at(index)->executor(); }
client& runtime::at(std::size_t index) noexcept { return workers_[index]->its_client(); }
const std::shared_ptr<client_core>& runtime::core() const noexcept { return core_; }

std::size_t runtime::next_loop() noexcept { return next_.fetch_add(1, std::memory_order_relaxed) % workers_.size(); }

void runtime::run(std::size_t index, std::function<asio::awaitable<void>()> job, context ambient,
                  std::function<void()> done) {
  worker& loop = *workers_.at(index);
  loop.hand_over([&loop, job = std::move(job), ambient = std::move(ambient), done = std::move(done)]() mutable {
    // The coroutine lives in its function object, which is kept until it has ended.
    auto kept = std::make_shared<std::function<asio::awaitable<void>()>>(std::move(job));
    auto ended = [kept, done = std::move(done)](bool) { done(); };
    loop.spawn<bool>(std::move(ambient), to_end(*kept), std::move(ended));
  });
}

void runtime::submit(request asked, context ambient, completion done) {
  worker& loop = *workers_[next_loop()];
  loop.hand_over([&loop, asked = std::move(asked), ambient = std::move(ambient), done = std::move(done)]() mutable {
    loop.spawn<reply>(std::move(ambient), loop.its_client().call(std::move(asked)), std::move(done));
  });
}

void runtime::check_health(std::string url, std::string name, duration timeout,
                           std::function<void(health_report)> done) {
  worker& loop = *workers_[next_loop()];
  loop.hand_over([&loop, url = std::move(url), name = std::move(name), timeout, done = std::move(done)]() mutable {
    loop.spawn<health_report>(context(), loop.its_client().health(std::move(url), std::move(name), timeout),
                              std::move(done));
  });
}

}  // namespace enlace
