#include <csignal>
#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/configuration_watch.hpp>
#include <gtest/gtest.h>

#include "client/core.hpp"
#include "support/process.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

class ConfigurationWatch : public testing::Test {
 protected:
  ConfigurationWatch() {
    write("60s");
    asio::co_spawn(loop, keep_configured(caller, file, [this](const error& why) { problems.push_back(why.message); }),
                   asio::bind_cancellation_slot(stop.slot(), asio::detached));
    loop.poll();
  }
  ~ConfigurationWatch() override {
    stop.emit(asio::cancellation_type::terminal);
    loop.run();
  }

  void write(const std::string& timeout) {
    std::ofstream(path) << "[operations.rag_query]\ntimeout = \"" << timeout << "\"\n";
  }
  [[nodiscard]] duration timeout() const {
    return caller.core()->configuration()->values().operations.at("rag_query").timeout.value();
  }
  template <class Condition>
  bool run_until(const Condition& condition) {
    const auto last = std::chrono::steady_clock::now() + 10s;
    while (!condition() && std::chrono::steady_clock::now() < last) loop.run_for(10ms);
    return condition();
  }

  temporary_folder folder;
  std::string path = (folder.path() / "enlace.toml").string();
  asio::io_context loop{1};
  client caller{loop.get_executor()};
  config_file file{path};
  asio::cancellation_signal stop;
  std::vector<std::string> problems;
};

TEST_F(ConfigurationWatch, TakesTheFileIntoUse) { EXPECT_EQ(timeout(), 60s); }

TEST_F(ConfigurationWatch, TakesAChangedFileIntoUse) {
  write("7s");
  EXPECT_TRUE(run_until([this] { return timeout() == 7s; }));
}

TEST_F(ConfigurationWatch, ReadsAtOnceOnSighup) {
  write("8s");
  ASSERT_EQ(std::raise(SIGHUP), 0);
  EXPECT_TRUE(run_until([this] { return timeout() == 8s; }));
}

TEST_F(ConfigurationWatch, AnInvalidFileChangesNothingAndIsReported) {
  write("seven");
  EXPECT_TRUE(run_until([this] { return !problems.empty(); }));
  EXPECT_EQ(timeout(), 60s);
  EXPECT_NE(problems.at(0).find("timeout"), std::string::npos) << problems.at(0);
}

}  // namespace
}  // namespace enlace::test
