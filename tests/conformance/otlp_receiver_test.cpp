// What the exporter sends, judged by a receiver that refuses what OTLP forbids. Needs the conformance data, Node.js,
// and npm packages for the protocol's own .proto files, which are installed into the build folder.
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <enlace/json.hpp>
#include <enlace/result.hpp>
#include <gtest/gtest.h>

#include "client/otlp_exporter.hpp"
#include "support/eventually.hpp"
#include "support/nginx.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_server.hpp"
#include "telemetry/metrics.hpp"
#include "unit/telemetry/planted.hpp"

namespace enlace {
namespace {

namespace fs = std::filesystem;
using test::eventually;

/// One installation for all tests, which ctest may run at once.
class folder_lock {
 public:
  explicit folder_lock(const fs::path& folder)
      : file_(::open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    ::flock(file_, LOCK_EX);
  }
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;
  ~folder_lock() { ::close(file_); }

 private:
  int file_;
};

fs::path receiver_source() {
  const char* given = std::getenv("ENLACE_CONFORMANCE_DIR");
  const fs::path data = given != nullptr ? fs::path(given) : fs::path(ENLACE_SOURCE_DIR) / "../shared/conformance";
  return data / "otlp/strict-receiver.mjs";
}

/// Empty: it is there, with what it needs. Else why not.
std::string install_receiver(const fs::path& folder) {
  if (!fs::exists(receiver_source())) return "the conformance data is not here";
  fs::create_directories(folder);
  const folder_lock lock(folder);
  fs::copy_file(receiver_source(), folder / "strict-receiver.mjs", fs::copy_options::overwrite_existing);
  if (fs::exists(folder / "installed")) return {};
  test::process npm({"npm", "--prefix", folder.string(), "install", "--ignore-scripts", "--no-audit", "--no-fund",
                     "protobufjs@^7.4.0", "@elastic/mockotlpserver@0.10.0"});
  if (npm.wait(std::chrono::minutes(2)) != 0) return "npm can't install the receiver's packages";
  std::ofstream(folder / "installed") << "yes\n";
  return {};
}

class OtlpReceiver : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path folder = fs::path(ENLACE_BINARY_DIR) / "otlp-receiver";
    const std::string missing = install_receiver(folder);
    if (!missing.empty()) GTEST_SKIP() << missing;
    test::free_listener free;
    port_ = free.port();
    free.close();
    node_.emplace(std::vector<std::string>{"node", (folder / "strict-receiver.mjs").string(), std::to_string(port_),
                                           records_.file("out")});
    node_->wait_for_port(port_);
  }

  [[nodiscard]] otlp_options to_receiver() const {
    otlp_options made;
    made.endpoint = "http://127.0.0.1:" + std::to_string(port_);
    made.service_name = "shop";
    made.service_version = "1.2";
    made.interval = std::chrono::hours(1);
    made.retry_base = std::chrono::milliseconds(1);
    return made;
  }

  /// Every request so far, as the receiver saw it.
  [[nodiscard]] std::vector<json::object> records() const {
    std::ifstream in(records_.file("out"));
    std::vector<json::object> made;
    for (std::string line; std::getline(in, line);) made.push_back(parse_json(line).value().as_object());
    return made;
  }

  /// Calls and attempts of every kind.
  void feed(otlp_exporter& to) {
    const url target = url::parse(test::planted_url).value();
    const url socket = url::parse("http+unix://%2Frun%2Fmodel.sock/x").value();
    attempt_event attempt = test::attempt_of(target);
    to.on_attempt(attempt);
    attempt.status = 503;
    attempt.number = 2;
    to.on_attempt(attempt);
    attempt.status = 0;
    attempt.failure = wire_failure::refused;
    attempt.method = "BREW";
    attempt.target = &socket;
    to.on_attempt(attempt);

    call_event call = test::call_of(target);
    to.on_call(call);
    const error why(error_code::communication_error, std::string(test::planted_message) + "\x01\xFF\xC2\x9B");
    const std::vector<trail_entry> trail(40, trail_entry{std::chrono::milliseconds(1), "wait",
                                                         "\x02\xFE"
                                                         "1 ms"});
    call.failed = &why;
    call.trail = trail;
    call.stream = true;
    call.shared_with = test::place_of(0x44, 0x55);
    to.on_call(call);
    call.shared_with = span_place();
    call.target = nullptr;
    call.service = call.operation = {};
    to.on_call(call);
    call.place.span_id = {};
    to.on_call(call);
  }

  /// Ours, and what no metric of ours is.
  static std::vector<metric> every_kind_of_metric() {
    static metrics all;
    const url target = url::parse("http://model:8000/").value();
    service_metrics& one = *all.of("model");
    service_metrics::latest seen;
    for (const int ms : {0, 1, 40, 700, 30'000}) {
      attempt_event attempt = test::attempt_of(target);
      attempt.elapsed = std::chrono::milliseconds(ms);
      one.attempt(attempt, seen);
    }
    one.call(test::call_of(target));
    std::vector<metric> made = all.snapshot();
    metric& gauge = metric_named(made, "enlace.breaker.state", "1", "A \"gauge\"\n", metric_kind::gauge);
    for (const double value : {0.0, -1.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
      gauge.points.emplace_back().value = value;
    }
    static_cast<void>(metric_named(made, "enlace.nothing", "", "", metric_kind::counter));
    return made;
  }

  void script(const std::string& answers) const {
    test::process curl({"node", "-e",
                        "fetch('http://127.0.0.1:" + std::to_string(port_) + "/__script',{method:'POST',body:'" +
                            answers + "'}).then(r=>process.exit(r.status===204?0:1))"});
    ASSERT_EQ(curl.wait(), 0) << curl.errors();
  }

  static void expect_legal(const json::object& record) {
    EXPECT_TRUE(record.at("errors").as_array().empty()) << json::serialize(record);
  }

  test::temporary_folder records_;
  std::uint16_t port_ = 0;
  std::optional<test::process> node_;
};

TEST_F(OtlpReceiver, FindsNothingWrong) {
  for (const bool gzip : {true, false}) {
    otlp_options options = to_receiver();
    options.gzip = gzip;
    otlp_exporter exporter(options, every_kind_of_metric);
    feed(exporter);
    exporter.shutdown(std::chrono::seconds(10));
    EXPECT_EQ(exporter.counts().failed, 0U);
    EXPECT_EQ(exporter.counts().metrics_exported, 1U);
  }
  const std::vector<json::object> seen = records();
  ASSERT_EQ(seen.size(), 4U);
  for (const json::object& each : seen) {
    expect_legal(each);
    EXPECT_EQ(each.at("status"), 200);
    test::expect_nothing_planted(json::serialize(each));
  }
  EXPECT_TRUE(seen[0].at("headers").as_object().contains("content-encoding"));
  EXPECT_FALSE(seen[3].at("headers").as_object().contains("content-encoding"));
}

TEST_F(OtlpReceiver, GetsWhatItRefusedAtFirst) {
  script(R"([{"status":503,"headers":{"Retry-After":"0"}},{"drop":true},{"status":429}])");
  otlp_exporter exporter(to_receiver());
  feed(exporter);
  exporter.shutdown(std::chrono::seconds(10));
  EXPECT_EQ(exporter.counts().failed, 0U);
  const std::vector<json::object> seen = records();
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].at("status"), 503);
  EXPECT_EQ(seen[1].at("status"), "drop");
  EXPECT_EQ(seen[2].at("status"), 429);
  EXPECT_EQ(seen[3].at("status"), 200);
  expect_legal(seen[3]);
}

TEST_F(OtlpReceiver, IsNotAskedAgainAfterABadRequest) {
  script(R"([{"status":400}])");
  otlp_exporter exporter(to_receiver());
  feed(exporter);
  exporter.shutdown(std::chrono::seconds(10));
  EXPECT_EQ(exporter.counts().exported, 0U);
  EXPECT_EQ(records().size(), 1U);
}

}  // namespace
}  // namespace enlace
