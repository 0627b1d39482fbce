#include <sys/stat.h>

#include <chrono>
#include <utility>

#include <enlace/config_file.hpp>

#include "config/default_file.hpp"
#include "config/text_file.hpp"

namespace enlace {

namespace {

// Coarser than the clock ticks by which file systems stamp their files.
constexpr std::chrono::nanoseconds stamp_resolution = std::chrono::milliseconds(100);

}  // namespace

config_file::config_file(std::string path, environment variables)
    : path_(std::move(path)),
      variables_(std::move(variables)),
      must_exist_(true),
      current_(std::make_shared<const options>()) {
  if (!path_.empty()) return;
  default_file file = find_default_file(variables_);
  path_ = std::move(file.path);
  must_exist_ = file.must_exist;
}

config_file::stamp config_file::look_at_file() const {
  struct stat facts{};
  stamp seen;
  if (::stat(path_.c_str(), &facts) != 0) return seen;
  seen.exists = true;
  seen.device = facts.st_dev;
  seen.inode = facts.st_ino;
  seen.size = facts.st_size;
  seen.modified_ns = std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  return seen;
}

result<std::shared_ptr<const options>> config_file::reload() {
  const std::lock_guard lock(reading_);
  const result<bool> done = read(false);
  if (!done) return done.error();
  return current();
}

result<bool> config_file::reload_if_changed() {
  const std::lock_guard lock(reading_);
  if (!recheck_ && look_at_file() == seen_) return false;
  return read(true);
}

result<bool> config_file::read(bool only_if_changed) {
  // Looked at before it is read: what is written to it from now on shows in the next look.
  const stamp before = seen_;
  seen_ = look_at_file();
  const auto age = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()) -
                   std::chrono::nanoseconds(seen_.modified_ns);
  recheck_ = seen_.exists && std::chrono::abs(age) < stamp_resolution;

  if (!seen_.exists && !must_exist_) {
    result<options> defaults = options::parse({}, path_, variables_);
    if (!defaults) return defaults.error();
    make_current(*std::move(defaults));
    return true;
  }
  result<std::string> text = read_text_file(path_);
  if (!text) return text.error();
  if (only_if_changed && before.exists && text_ == *text) return false;
  text_ = *std::move(text);
  result<options> read = options::parse(text_, path_, variables_);
  if (!read) return read.error();
  // Once it was there, it is missed when it goes.
  must_exist_ = true;
  make_current(*std::move(read));
  return true;
}

void config_file::make_current(options made) {
  auto next = std::make_shared<const options>(std::move(made));
  const std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

std::shared_ptr<const options> config_file::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace enlace
