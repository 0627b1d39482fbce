#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/json.hpp>
#include <enlace/result.hpp>

#include "support/call_on_loop.hpp"
#include "support/nginx.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

namespace enlace::test {

/// A Prometheus of its own on a free port of 127.0.0.1, with its data in a folder that is gone afterwards.
class prometheus {
 public:
  explicit prometheus(std::string_view configuration) {
    const std::string config = folder_.write("prometheus.yml", configuration);
    // It can't be handed a socket: the port is free, and then its own.
    free_listener free;
    port_ = free.port();
    free.close();
    process_.emplace(std::vector<std::string>{program(), "--config.file=" + config,
                                              "--storage.tsdb.path=" + folder_.file("data"),
                                              "--web.listen-address=127.0.0.1:" + std::to_string(port_),
                                              "--enable-feature=exemplar-storage", "--log.level=warn"});
    process_->wait_for_port(port_);
    process_->wait_until([this] { return asker_.call(get(url("/-/ready")).max_attempts(1)).success(); });
  }

  /// Whether it is installed. A test that needs it is skipped where it is not.
  [[nodiscard]] static bool available() { return std::filesystem::exists(program()); }
  [[nodiscard]] static std::string tool() { return "/usr/bin/promtool"; }

  [[nodiscard]] std::string url(std::string_view target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }
  /// What the API answers. Throws, with what it says, when that is not a success.
  [[nodiscard]] json::value ask(std::string_view path, json::object parameters = {}) {
    reply answer = asker_.call(get(url(path)).data(std::move(parameters)));
    if (!answer.success()) throw std::runtime_error(json::serialize(answer.error().to_json()));
    if (answer.data().at("status") != "success") throw std::runtime_error(json::serialize(answer.data()));
    return answer.data().at("data");
  }
  /// The series that a query gives now, each with its "metric" and "value".
  [[nodiscard]] json::array query(std::string_view expression) {
    return ask("/api/v1/query", object("query", expression)).at("result").as_array();
  }
  /// What it has logged: warnings and errors alone.
  [[nodiscard]] std::string errors() const { return process_->errors(); }

 private:
  static std::string program() { return "/usr/bin/prometheus"; }

  static settings patient() {
    settings values;
    service_settings& itself = values.services["prometheus"];
    itself.hosts = {"127.0.0.1"};
    itself.breaker.consecutive_failures = 0;  // it is asked until it is there
    itself.breaker.min_calls = 1'000'000;
    return values;
  }

  temporary_folder folder_;
  std::uint16_t port_ = 0;
  std::optional<process> process_;
  loop_client asker_{patient()};
};

}  // namespace enlace::test
