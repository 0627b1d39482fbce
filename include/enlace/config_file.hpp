// Module: config
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <enlace/options.hpp>

namespace enlace {

/// A configuration file that may change while the program runs. A change is validated before anything takes notice;
/// an invalid file changes nothing. Thread-safe.
class config_file {
 public:
  /// What became of a look at the file.
  enum class look : std::uint8_t { unchanged, loaded };

  /// Reads nothing yet: `current()` is the built-in configuration until the first `reload()`. An empty path stands
  /// for the default file, as in `options::load_default`.
  explicit config_file(std::string path = std::string(), environment variables = process_environment());

  /// Reads the file, whether it changed or not, as on SIGHUP. On failure the current options stay.
  result<std::shared_ptr<const options>> reload();
  /// Reads it when it changed on disk since the last look (one `stat` otherwise). A fault is reported once for each
  /// change of the file, not on each look.
  result<look> reload_if_changed();

  [[nodiscard]] std::shared_ptr<const options> current() const;
  /// The path, also when it is the default one; empty when there is no default file.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  /// What a file looks like without reading it.
  struct stamp {
    bool exists = false;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const stamp&, const stamp&) = default;
  };
  [[nodiscard]] stamp look_at_file() const;
  result<std::shared_ptr<const options>> read(const stamp& seen);

  std::string path_;
  bool must_exist_;
  environment variables_;
  mutable std::mutex mutex_;
  stamp seen_;
  std::shared_ptr<const options> current_;
};

}  // namespace enlace
