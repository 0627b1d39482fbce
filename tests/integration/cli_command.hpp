#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/json.hpp>

#include "support/process.hpp"

namespace enlace::test {

/// How a run of `enlace` ended.
struct finished_command {
  int status = 0;
  std::string output;
  std::string errors;

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::istringstream in(output);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  /// The JSON of each line.
  [[nodiscard]] std::vector<json::value> envelopes() const {
    std::vector<json::value> all;
    for (const std::string& line : lines()) all.push_back(parse_json(line).value());
    return all;
  }
  /// The JSON of the only line.
  [[nodiscard]] json::value envelope() const { return parse_json(output).value(); }
};

inline std::vector<std::string> with_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), ENLACE_COMMAND);
  return arguments;
}

/// Runs `enlace` with these arguments to its end.
inline finished_command enlace_command(std::vector<std::string> arguments, const process::settings& how) {
  process run(with_command(std::move(arguments)), how);
  finished_command done;
  done.status = run.wait();
  done.output = run.output();
  done.errors = run.errors();
  return done;
}

inline finished_command enlace_command(std::vector<std::string> arguments, std::string input = "") {
  process::settings how;
  how.input = std::move(input);
  return enlace_command(std::move(arguments), how);
}

/// `enlace serve`.
class served_upstream {
 public:
  served_upstream() : process_(with_command({"serve"})) {
    process_.wait_until([this] { return process_.output().ends_with('\n'); });
    url_ = process_.output();
    url_.pop_back();
  }

  [[nodiscard]] std::string url(std::string_view target = "") const { return url_ + std::string(target); }
  /// How often `?key=...` was hit.
  [[nodiscard]] std::int64_t count(const std::string& key) const {
    return enlace_command({"call", "GET", url("/count?key=" + key)}).envelope().at("data").at("count").to_number<int>();
  }
  [[nodiscard]] process& running() noexcept { return process_; }

 private:
  process process_;
  std::string url_;
};

inline const json::value& call_of(const json::value& envelope) { return envelope.at("metadata").at("call"); }
inline std::string code_of(const json::value& envelope) {
  return std::string(envelope.at("error").at("code").as_string());
}

}  // namespace enlace::test
