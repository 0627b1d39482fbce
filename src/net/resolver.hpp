#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <enlace/clock.hpp>

namespace enlace {

/// What a name resolved to. No address: `error` says why.
struct resolution {
  std::vector<boost::asio::ip::address> addresses;
  std::string error;
};

/// Looks names up on threads of its own (getaddrinfo can't be interrupted), one look-up for all who ask for the same
/// name, and remembers answers for 10 s, failures and answers that proved useless for 1 s. Shared by all loops;
/// thread-safe. A look-up that hangs outlives whoever asked, and holds one of eight threads; names beyond those wait.
class resolver : public std::enable_shared_from_this<resolver> {
 public:
  using look_up_function = std::function<resolution(const std::string& name)>;

  static constexpr duration keep_answer = std::chrono::seconds(10);
  static constexpr duration keep_failure = std::chrono::seconds(1);

  /// The system's resolver (getaddrinfo), unless a test hands in its own function.
  explicit resolver(look_up_function function = system_look_up);

  /// Never throws. No addresses and an empty error: the deadline passed, or the coroutine was cancelled.
  boost::asio::awaitable<resolution> resolve(std::string name, clock& time, time_point deadline);

  /// None of the name's addresses can be reached. Who is looked up may have moved: its answer is kept no longer than a
  /// failure is.
  void doubt(const std::string& name);

  [[nodiscard]] static resolution system_look_up(const std::string& name);

 private:
  struct look_up;
  static constexpr std::size_t threads_most = 8;
  static constexpr std::size_t names_most = 1024;

  /// The remembered or running look-up of the name; starts one when there is none.
  std::shared_ptr<look_up> find_or_start(const std::string& name, time_point now);
  /// Queues a look-up, and starts a thread for it while there may be more of them.
  void start(const std::shared_ptr<look_up>& job);
  /// Drops a look-up that waits for a thread when nobody waits for it any more.
  void forget_unwanted(const std::shared_ptr<look_up>& job);
  void drop_old(time_point now);
  void work();

  look_up_function look_up_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<look_up>> names_;
  std::deque<std::shared_ptr<look_up>> queue_;
  std::size_t threads_ = 0;
};

}  // namespace enlace
