#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/temporary_folder.hpp"

namespace enlace::test {

/// A child process, with its output kept in files. It ends with this object, and with the thread that started it.
class process {
 public:
  struct settings {
    /// What it reads from its standard input.
    std::string input;
    /// "NAME=value" beside what this process has in its environment.
    std::vector<std::string> environment;
    /// A descriptor that it gets as its descriptor 3; -1: none. All others stay here.
    int descriptor = -1;
  };

  explicit process(const std::vector<std::string>& command) : process(command, settings()) {}
  process(const std::vector<std::string>& command, const settings& how) {
    const int in = ::open(folder_.write("in", how.input).c_str(), O_RDONLY | O_CLOEXEC);
    const int out = ::open(folder_.file("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int err = ::open(folder_.file("err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    std::vector<std::string> words = command;
    std::vector<std::string> environment = how.environment;
    for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
    const std::vector<char*> arguments = pointers(words);
    const std::vector<char*> variables = pointers(environment);
    pid_ = ::fork();
    if (pid_ == 0) become(arguments, variables, in, out, err, how.descriptor);
    for (const int descriptor : {in, out, err}) ::close(descriptor);
    if (pid_ < 0) throw std::runtime_error("fork failed");
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process() { end(); }

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
  }

  /// Waits for the process to end by itself. Gives its exit status, or 128 and the number of the signal that ended it;
  /// one that does not end in time is killed, and gives -1.
  int wait(std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    if (has_ended(patience)) return status_;
    signal(SIGKILL);
    has_ended(std::chrono::hours(1));
    return -1;
  }
  /// SIGTERM, and SIGKILL for one that does not heed it.
  int end() {
    signal(SIGTERM);
    return wait(std::chrono::seconds(5));
  }

  /// Waits until something listens on that port of 127.0.0.1. Throws, with what the process said, when nothing does in
  /// time or the process ends.
  void wait_for_port(std::uint16_t port) {
    wait_until([port] { return listens(port); });
  }
  /// The same for anything else that tells when the process is ready.
  template <class Ready>
  void wait_until(Ready ready, std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!ready()) {
      if (has_ended(std::chrono::milliseconds(5)) || std::chrono::steady_clock::now() > until) {
        throw std::runtime_error("the process is not ready: " + output() + errors());
      }
    }
  }

  /// What it has written so far.
  [[nodiscard]] std::string output() const { return read(folder_.file("out")); }
  [[nodiscard]] std::string errors() const { return read(folder_.file("err")); }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> made;
    for (std::string& text : texts) made.push_back(text.data());
    made.push_back(nullptr);
    return made;
  }

  /// In the child: nothing here may allocate.
  [[noreturn]] static void become(const std::vector<char*>& arguments, const std::vector<char*>& variables, int in,
                                  int out, int err, int descriptor) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    if (descriptor == 3) {
      ::fcntl(3, F_SETFD, 0);
    } else if (descriptor >= 0) {
      ::dup2(descriptor, 3);
    }
    ::syscall(SYS_close_range, descriptor >= 0 ? 4U : 3U, ~0U, 0U);
    ::execvpe(arguments.front(), arguments.data(), variables.data());
    ::_exit(127);
  }

  bool has_ended(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (pid_ > 0) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        pid_ = -1;
      } else if (std::chrono::steady_clock::now() > until) {
        return false;
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    return true;
  }

  static bool listens(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    ::close(probe);
    return connected;
  }

  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  temporary_folder folder_;
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace enlace::test
