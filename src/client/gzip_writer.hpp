#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace enlace {

/// Makes text smaller, in gzip's form and at its fastest: it is the service's processor that works here. Keeps what it
/// needs, some 270 KiB and the last result, from one text to the next.
class gzip_writer {
 public:
  gzip_writer();
  gzip_writer(const gzip_writer&) = delete;
  gzip_writer& operator=(const gzip_writer&) = delete;
  ~gzip_writer();

  /// Good until the next one.
  [[nodiscard]] std::string_view of(std::string_view text);

 private:
  class state;
  std::unique_ptr<state> state_;
  std::string made_;
};

}  // namespace enlace
