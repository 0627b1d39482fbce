#include "client/otlp_exporter.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/result.hpp>

#include "client/core.hpp"
#include "client/otlp_channel.hpp"
#include "client/span_queue.hpp"
#include "net/asio_transport.hpp"
#include "net/timer_wheel.hpp"
#include "telemetry/otlp_json.hpp"
#include "telemetry/span_record.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

/// A random UUID (RFC 9562, version 4).
std::string instance_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  random_source random(random_seed());
  std::string made;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) made.push_back('-');
    std::uint64_t digit = random.below(16);
    if (i == 12) digit = 4;
    if (i == 16) digit = 8 + digit % 4;
    made.push_back(digits[digit]);
  }
  return made;
}

otlp_options checked(otlp_options given) {
  const bool good = given.interval > duration::zero() && given.timeout > duration::zero() && given.queue_spans > 0 &&
                    given.batch_spans > 0 && given.attempts > 0;
  if (!good) {
    throw failure(error(error_code::configuration_error, "enlace::otlp_exporter: a time or a number is too small"));
  }
  given.batch_spans = std::min(given.batch_spans, given.queue_spans);
  return given;
}

}  // namespace

/// The thread, its loop, and what lives there. The counters and the queue are everybody's.
class otlp_exporter::worker {
 public:
  worker(otlp_options given, metrics_source source)
      : options_(checked(std::move(given))),
        source_(std::move(source)),
        from_{options_.service_name, options_.service_version, instance_id()},
        queue_(from_, options_.queue_spans, options_.batch_spans),
        time_(std::make_shared<timer_wheel>(loop_.get_executor())),
        network_(loop_.get_executor(), time_, std::make_shared<resolver>(), pool_options()),
        traces_(loop_.get_executor(), options_, network_, "/v1/traces"),
        metrics_(loop_.get_executor(), options_, network_, "/v1/metrics"),
        limit_(loop_.get_executor()) {
    spawn(export_spans(*this));
    if (source_) spawn(export_metrics(*this));
    thread_ = std::thread([this] { loop_.run(); });
  }
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker() = default;

  template <class Event>
  void keep(const Event& over) noexcept {
    if (!over.place.sampled) return;
    if (!queue_.reserve()) return drop(0);
    try {
      const std::size_t waiting = queue_.push(text_of(over));
      if (waiting == 0) return drop(1);
      // Told once for each batch that fills.
      if (waiting % options_.batch_spans == 0) asio::post(loop_, [this] { traces_.wake(); });
    } catch (...) {
      drop(1);
    }
  }

  void stop(duration within) noexcept {
    const std::lock_guard one_at_a_time(stopping_);
    if (!thread_.joinable()) return;
    queue_.close();
    const time_point until = std::chrono::steady_clock::now() + std::max(within, duration::zero());
    asio::post(loop_, [this, until] { hurry(until); });
    thread_.join();
  }

  [[nodiscard]] otlp_counts counts() const noexcept {
    otlp_counts made;
    made.exported = exported_.load(std::memory_order_relaxed);
    made.dropped = dropped_.load(std::memory_order_relaxed);
    made.failed = failed_.load(std::memory_order_relaxed);
    made.metrics_exported = metrics_exported_.load(std::memory_order_relaxed);
    made.metrics_failed = metrics_failed_.load(std::memory_order_relaxed);
    return made;
  }
  [[nodiscard]] std::size_t pending() const noexcept { return queue_.held(); }

 private:
  using counter = std::atomic<std::uint64_t>;

  /// The span as it will be sent. Good until this thread asks for the next.
  template <class Event>
  static std::string_view text_of(const Event& over) {
    constexpr std::size_t kept_most = 8192;
    thread_local text_buffer text;
    text.clear(kept_most);
    append_otlp_span(text, span_of(over));
    return text.view();
  }
  static void add(counter& to, std::uint64_t count) noexcept { to.fetch_add(count, std::memory_order_relaxed); }
  void drop(std::size_t reserved) noexcept {
    queue_.give_back(reserved);
    add(dropped_, 1);
  }

  void spawn(asio::awaitable<void> job) {
    ++running_;
    const std::size_t index = running_ - 1;
    auto ended = [this, index](const std::exception_ptr& /*raised*/) {
      // The jobs let no exception out.
      ended_.at(index) = true;
      if (--running_ > 0) return;
      limit_.cancel();
      network_.close_idle();
    };
    asio::co_spawn(loop_, std::move(job), asio::bind_cancellation_slot(giving_up_.at(index).slot(), std::move(ended)));
  }

  void hurry(time_point until) {
    traces_.hurry(until);
    metrics_.hurry(until);
    limit_.expires_at(until);
    limit_.async_wait([this](const boost::system::error_code& cancelled) {
      if (cancelled) return;
      for (std::size_t i = 0; i < giving_up_.size(); ++i) {
        if (!ended_.at(i)) giving_up_.at(i).emit(asio::cancellation_type::terminal);
      }
    });
  }

  static asio::awaitable<void> export_spans(worker& self);
  static asio::awaitable<void> export_metrics(worker& self);
  /// Sends batches while at least so many spans wait.
  asio::awaitable<void> send_waiting(std::size_t at_least);
  asio::awaitable<void> send_metrics();

  const otlp_options options_;
  const metrics_source source_;
  const otlp_resource from_;
  span_queue queue_;
  counter exported_{0}, dropped_{0}, failed_{0}, metrics_exported_{0}, metrics_failed_{0};

  // The loop's, from here on.
  asio::io_context loop_{1};
  std::shared_ptr<timer_wheel> time_;
  asio_transport network_;
  otlp_channel traces_;
  otlp_channel metrics_;
  asio::steady_timer limit_;
  std::array<asio::cancellation_signal, 2> giving_up_;
  std::array<bool, 2> ended_{};
  std::size_t running_ = 0;

  std::mutex stopping_;
  std::thread thread_;
};

asio::awaitable<void> otlp_exporter::worker::export_spans(worker& self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const std::size_t full = self.options_.batch_spans;
  time_point next = now() + self.options_.interval;
  while (!self.traces_.hurried()) {
    if (self.queue_.waiting() < full) co_await self.traces_.pause(next);
    // Before their time only full ones: else a busy service sends many requests of a few spans.
    const bool due = now() >= next;
    co_await self.send_waiting(due ? 1 : full);
    if (due) next = std::max(next + self.options_.interval, now());
  }
  // What there is, and then what there was no time for.
  co_await self.send_waiting(1);
  const std::size_t left = self.queue_.drop();
  add(self.failed_, left);
  self.queue_.give_back(left);
}

asio::awaitable<void> otlp_exporter::worker::send_waiting(std::size_t at_least) {
  while (!traces_.late() && queue_.waiting() >= at_least) {
    std::optional<std::uint64_t> rejected;
    std::size_t count = 0;
    try {
      span_batch batch = queue_.take();
      count = batch.spans;
      rejected = co_await traces_.send(batch.text);
      queue_.recycle(std::move(batch.text));
    } catch (...) {
      rejected.reset();  // out of memory: the batch is gone
    }
    const std::uint64_t lost = std::min<std::uint64_t>(rejected.value_or(count), count);
    add(exported_, count - lost);
    add(failed_, lost);
    queue_.give_back(count);
  }
}

asio::awaitable<void> otlp_exporter::worker::export_metrics(worker& self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  time_point next = std::chrono::steady_clock::now();
  bool last = false;
  while (!last) {
    next = std::max(next + self.options_.interval, std::chrono::steady_clock::now());
    co_await self.metrics_.pause(next);
    last = self.metrics_.hurried();
    co_await self.send_metrics();
  }
}

asio::awaitable<void> otlp_exporter::worker::send_metrics() {
  bool sent = false;
  try {
    const std::string text = otlp_metrics(from_, source_(), process_start(), std::chrono::system_clock::now());
    const std::optional<std::uint64_t> rejected = co_await metrics_.send(text);
    sent = rejected.has_value();
  } catch (...) {
    sent = false;  // the source's own exception, or out of memory
  }
  add(sent ? metrics_exported_ : metrics_failed_, 1);
}

otlp_exporter::otlp_exporter(otlp_options options, metrics_source source)
    : worker_(std::make_unique<worker>(std::move(options), std::move(source))) {}

otlp_exporter::~otlp_exporter() { shutdown(); }

void otlp_exporter::on_attempt(const attempt_event& over) noexcept { worker_->keep(over); }
void otlp_exporter::on_call(const call_event& over) noexcept { worker_->keep(over); }
otlp_counts otlp_exporter::counts() const noexcept { return worker_->counts(); }
std::size_t otlp_exporter::pending() const noexcept { return worker_->pending(); }
void otlp_exporter::shutdown(duration within) noexcept { worker_->stop(within); }

}  // namespace enlace
