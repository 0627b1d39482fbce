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
  /// Reads nothing yet: `current()` is the built-in configuration until the first `reload()`. An empty path stands
  /// for the default file, as in `options::load_default`.
  explicit config_file(std::string path = std::string(), environment variables = process_environment());

  /// Reads the file, whether it changed or not, as on SIGHUP, and gives the options that are now current.
  /// Errors: CONFIGURATION_ERROR, as of `options::load`; the current options stay.
  result<std::shared_ptr<const options>> reload();
  /// Does so if the file changed since it was last read: a `stat`, and no more, when it did not. Gives whether there
  /// are new options. A fault is reported once for each change of the file, not on each look.
  result<bool> reload_if_changed();

  [[nodiscard]] std::shared_ptr<const options> current() const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  /// What a file looks like from outside.
  struct stamp {
    bool exists = false;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const stamp&, const stamp&) = default;
  };
  [[nodiscard]] stamp look_at_file() const;
  /// Whether there are new options.
  result<bool> read(bool only_if_changed);
  void make_current(options made);

  std::string path_;
  environment variables_;
  /// Held while the file is looked at and read: all below but the current options.
  std::mutex reading_;
  /// Whether it is a fault when there is no file.
  bool must_exist_;
  stamp seen_;
  /// The file was read so soon after its last change that another one might not show in its stamp.
  bool recheck_ = false;
  std::string text_;
  mutable std::mutex mutex_;
  std::shared_ptr<const options> current_;
};

}  // namespace enlace
