#include "net/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/signal.hpp"

namespace enlace {

struct resolver::look_up {
  std::string name;
  bool begun = false;
  bool done = false;
  time_point answered{};
  time_point forget_at{};
  resolution answer;
  std::vector<std::shared_ptr<signal>> waiting;
};

resolver::resolver(look_up_function function) : look_up_(std::move(function)) {}

resolution resolver::system_look_up(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  resolution answer;
  if (const int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &found); failed != 0) {
    answer.error = ::gai_strerror(failed);
    return answer;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    boost::asio::ip::tcp::endpoint point;
    if (each->ai_addrlen > point.capacity()) continue;
    std::copy_n(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen,  // NOLINT: the sockets API
                reinterpret_cast<char*>(point.data()));                          // NOLINT
    point.resize(each->ai_addrlen);
    if (std::find(answer.addresses.begin(), answer.addresses.end(), point.address()) == answer.addresses.end()) {
      answer.addresses.push_back(point.address());
    }
  }
  if (answer.addresses.empty()) answer.error = "the name has no address";
  return answer;
}

boost::asio::awaitable<resolution> resolver::resolve(std::string name, clock& time, time_point deadline) {
  auto woken = std::make_shared<signal>();
  std::shared_ptr<look_up> found;
  {
    const std::lock_guard lock(mutex_);
    found = find_or_start(name, time.now());
    if (found->done) co_return found->answer;
    found->waiting.push_back(woken);
  }
  {
    const clock_wait limit(time, *woken, deadline);
    co_await woken->async_wait(boost::asio::deferred);
  }
  const std::lock_guard lock(mutex_);
  if (found->done) co_return found->answer;
  std::erase(found->waiting, woken);
  forget_unwanted(found);
  co_return resolution();
}

void resolver::doubt(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end() || !found->second->done) return;
  look_up& known = *found->second;
  known.forget_at = std::min(known.forget_at, known.answered + keep_failure);
}

void resolver::forget_unwanted(const std::shared_ptr<look_up>& job) {
  if (job->begun || !job->waiting.empty()) return;
  std::erase(queue_, job);
  names_.erase(job->name);
}

std::shared_ptr<resolver::look_up> resolver::find_or_start(const std::string& name, time_point now) {
  auto& slot = names_[name];
  if (slot == nullptr || (slot->done && slot->forget_at <= now)) {
    slot = std::make_shared<look_up>();
    slot->name = name;
    start(slot);
  }
  std::shared_ptr<look_up> found = slot;
  if (names_.size() > names_most) drop_old(now);
  return found;
}

void resolver::start(const std::shared_ptr<look_up>& job) {
  queue_.push_back(job);
  if (threads_ == threads_most) return;
  ++threads_;
  try {
    std::thread([self = shared_from_this()] { self->work(); }).detach();
  } catch (const std::system_error& none) {
    if (--threads_ != 0) return;  // one of the others will come to it
    queue_.pop_back();
    job->answer.error = std::string("no thread to look the name up: ") + none.what();
    job->done = true;  // and too old to be remembered
  }
}

void resolver::drop_old(time_point now) {
  std::erase_if(names_, [now](const auto& entry) { return entry.second->done && entry.second->forget_at <= now; });
  for (auto each = names_.begin(); each != names_.end() && names_.size() > names_most;) {
    each = each->second->done ? names_.erase(each) : std::next(each);
  }
}

void resolver::work() {
  std::unique_lock lock(mutex_);
  while (!queue_.empty()) {
    const std::shared_ptr<look_up> job = std::move(queue_.front());
    queue_.pop_front();
    job->begun = true;
    lock.unlock();
    resolution answer = look_up_(job->name);
    const time_point now = std::chrono::steady_clock::now();
    lock.lock();
    job->answered = now;
    job->forget_at = now + (answer.addresses.empty() ? keep_failure : keep_answer);
    job->answer = std::move(answer);
    job->done = true;
    for (const auto& each : job->waiting) each->fire();
    job->waiting.clear();
  }
  --threads_;
}

}  // namespace enlace
