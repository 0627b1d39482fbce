#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <enlace/configuration_watch.hpp>
#include <enlace/runtime.hpp>

namespace enlace::test {

/// Changes the configuration of a runtime that is at work: its file, which is watched, and the program's own in turn.
class reconfiguration {
 public:
  reconfiguration(runtime& of, std::string path) : runtime_(of), path_(std::move(path)), file_(path_, environment()) {
    write();
    boost::asio::post(runtime_.executor(0), [this] { watch(); });
  }
  reconfiguration(const reconfiguration&) = delete;
  reconfiguration& operator=(const reconfiguration&) = delete;
  ~reconfiguration() {
    boost::asio::post(runtime_.executor(0), [this] { stop_.emit(boost::asio::cancellation_type::terminal); });
    ended_.get_future().wait();
  }

  /// From the thread that made this.
  void change() {
    ++changes_;
    if (changes_ % 2 == 0) {
      write();
      return;
    }
    const std::size_t loop = changes_ / 2 % runtime_.loops();
    boost::asio::post(runtime_.executor(loop), [this, loop, text = text_with(changes_)] {
      client& caller = runtime_.at(loop);
      result<options> made = options::parse(text);
      if (made) caller.reload(std::move(*made));
      if (!made) ++faults_;
      (void)caller.invalidate("regular-1");
    });
  }
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  /// Configurations that were not taken.
  [[nodiscard]] std::uint64_t faults() const noexcept { return faults_; }

  /// What the runtime begins with: a cache that is full soon.
  [[nodiscard]] static options first() { return options::parse(text_with(0)).value(); }

 private:
  /// Each with another timeout.
  static std::string text_with(std::uint64_t changes) {
    return "[cache]\nmax_bytes = \"8MiB\"\n[client]\nmax_idle = \"5s\"\n[operations.default]\ntimeout = \"" +
           std::to_string(20 + changes % 10) + "s\"\n";
  }

  void write() const {
    std::ofstream(path_ + ".new") << text_with(changes_);
    std::filesystem::rename(path_ + ".new", path_);
  }

  void watch() {
    const auto report = [this](const error&) { ++faults_; };
    boost::asio::co_spawn(
        runtime_.executor(0), keep_configured(runtime_.at(0), file_, report),
        boost::asio::bind_cancellation_slot(stop_.slot(), [this](const std::exception_ptr&) { ended_.set_value(); }));
  }

  runtime& runtime_;
  std::string path_;
  config_file file_;
  boost::asio::cancellation_signal stop_;
  std::promise<void> ended_;
  std::uint64_t changes_ = 0;
  std::atomic<std::uint64_t> faults_{0};
};

}  // namespace enlace::test
