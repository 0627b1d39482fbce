#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <enlace/testing/service.hpp>
#include <enlace/testing/virtual_clock.hpp>
#include <enlace/transport.hpp>

namespace enlace::testing {

/// How the body of a simulated answer comes to its end.
enum class body_end : std::uint8_t { whole, broken, stalled };

/// Cuts the pieces off after so many bytes of them.
void cut(std::vector<body_piece>& pieces, std::size_t bytes);
[[nodiscard]] std::size_t bytes_of(const std::vector<body_piece>& pieces) noexcept;

/// A body whose pieces come at their times. Honours deadline and cancellation.
class timed_body final : public incoming_body {
 public:
  /// What has happened to the connection meanwhile; `whole`: nothing.
  using fate = std::function<body_end()>;

  timed_body(virtual_clock& time, std::vector<body_piece> pieces, body_end end, fate meanwhile = nullptr);

  boost::asio::awaitable<std::string_view> read(incoming& in, time_point deadline) override;

  /// Kept as long as the body is.
  std::shared_ptr<void> holds;

 private:
  virtual_clock& time_;
  std::vector<body_piece> pieces_;
  std::size_t next_ = 0;
  time_point last_;
  body_end end_;
  fate meanwhile_;
};

}  // namespace enlace::testing
