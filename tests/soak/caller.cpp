#include "soak/caller.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace enlace::test {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t items = 4;
/// One call of so many.
constexpr std::uint64_t is_cancelled_of = 12;
constexpr std::uint64_t is_slow_of = 40;
constexpr std::uint64_t is_handed_over_of = 5;

std::string text_of(const json::value& data, std::string_view name) {
  const json::value* found = data.is_object() ? data.as_object().if_contains(name) : nullptr;
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace

soak_caller::soak_caller(runtime& on, std::size_t loop, settings how, const std::atomic<bool>& stop,
                         soak_totals& totals)
    : runtime_(on),
      client_(on.at(loop)),
      executor_(on.executor(loop)),
      how_(std::move(how)),
      stop_(stop),
      totals_(totals),
      random_(how_.seed),
      timer_(executor_) {}

void soak_caller::start() {
  ++totals_.begun;
  asio::post(executor_, [this] { call_next(); });
}

request soak_caller::plan() {
  tenant_ = "tenant-" + std::to_string(random_.below(how_.tenants));
  const std::uint64_t kind = random_.below(10);
  // Few tenants come back before their answer is forgotten, but some do, and calls of one item are made at once.
  const bool cached = kind < 4;
  if (cached && kind < 2) tenant_ = "regular-" + std::to_string(random_.below(50));
  subject_ = cached ? "item-" + std::to_string(random_.below(items))
                    : std::to_string(how_.seed) + "-" + std::to_string(number_);
  const char* folder = random_.below(is_slow_of) == 0 ? "/slow/" : "/quick/";
  request made(kind > 7 ? "POST" : "GET", how_.url + folder + subject_);
  if (kind > 7) made.data(object("text", std::string(300, 'x')));
  if (cached) made.use_cache().cache_ttl(seconds_d(2));
  return made;
}

void soak_caller::call_next() {
  ++number_;
  waits_ = true;
  cancelled_ = false;
  request asked = plan();
  began_ = steady::now();
  if (random_.below(is_handed_over_of) == 0) {
    hand_over(std::move(asked));
  } else {
    asked.tenant(tenant_);
    call_here(std::move(asked));
  }
}

void soak_caller::call_here(request asked) {
  cancel_.emplace();
  asio::co_spawn(
      executor_, client_.call(std::move(asked)),
      asio::bind_cancellation_slot(cancel_->slot(), [this](const std::exception_ptr& raised, const reply& r) {
        if (raised) std::rethrow_exception(raised);
        ended(r);
      }));
  if (random_.below(is_cancelled_of) == 0) cancel_later();
}

/// The runtime takes whichever loop is next, and the tenant out of the context.
void soak_caller::hand_over(request asked) {
  runtime_.submit(std::move(asked), context().tenant(tenant_), [this](reply answer) {
    asio::post(executor_, [this, answer = std::move(answer)] { ended(answer); });
  });
}

void soak_caller::cancel_later() {
  timer_.expires_after(std::chrono::microseconds(random_.below(3000)));
  timer_.async_wait([this, number = number_](const boost::system::error_code& off) {
    if (off || number != number_ || !waits_) return;
    cancelled_ = true;
    cancel_->emit(asio::cancellation_type::terminal);
  });
}

void soak_caller::ended(const reply& answer) {
  if (!std::exchange(waits_, false)) {
    ++totals_.doubles;
    return;
  }
  timer_.cancel();
  check(answer);
  // Not from here: the signal that may have led to this is still at it.
  if (!stop_) start();
  ++totals_.ended;
}

void soak_caller::check(const reply& answer) {
  if (!answer) {
    const bool expected = cancelled_ && answer.error().code == error_code::cancelled;
    ++(expected ? totals_.cancelled : totals_.failures.at(static_cast<std::size_t>(answer.error().code)));
    return;
  }
  totals_.took(steady::now() - began_);
  ++totals_.succeeded;
  if (answer.call().cached != cache_use::none) ++totals_.cached;
  if (text_of(answer.data(), "tenant") != tenant_) ++totals_.wrong_tenant;
  if (text_of(answer.data(), "subject") != subject_) ++totals_.wrong_subject;
}

}  // namespace enlace::test
