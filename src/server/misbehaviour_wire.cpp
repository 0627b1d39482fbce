#include <string>

#include <enlace/random.hpp>

#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;

/// The same at every call. No byte of it can begin an answer.
std::string garbage() {
  constexpr std::size_t size = 512;
  std::string bytes;
  random_source random(1);
  while (bytes.size() < size) bytes.push_back(static_cast<char>(0x80U | random.below(0x80)));
  return bytes;
}

}  // namespace

asio::awaitable<void> serve_hang(visit& v) {
  bool there = true;
  // Not as the loop's condition, where g++ 12 makes wrong code of a co_await.
  while (there) there = co_await v.out.wait(std::chrono::hours(1));
}

asio::awaitable<void> serve_reset(visit& v) {
  v.out.reset();
  co_return;
}

asio::awaitable<void> serve_truncate(visit& v) {
  const bool chunked = v.given.word("framing", {"length", "chunked"}) == "chunked";
  if (v.given.fault()) co_return;
  constexpr std::string_view half = R"({"success": true, "data": "half of wh)";
  std::optional<std::uint64_t> length;
  if (!chunked) length = 2 * half.size();
  co_await v.out.start(200, "application/json", length);
  co_await v.out.write(half);
}

asio::awaitable<void> serve_garbage(visit& v) {
  const std::string bytes = garbage();
  co_await v.out.write_raw(bytes);
}

asio::awaitable<void> serve_endless_head(visit& v) {
  std::string piece;
  for (int i = 0; i < 64; ++i) piece.append("X-More: ").append(50, 'x').append("\r\n");
  bool taken = co_await v.out.write_raw("HTTP/1.1 200 OK\r\n");
  while (taken) taken = co_await v.out.write_raw(piece);
}

asio::awaitable<void> serve_two_lengths(visit& v) {
  co_await v.out.write_raw(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\n{}");
}

asio::awaitable<void> serve_bad_chunk(visit& v) {
  co_await v.out.write_raw(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "two\r\n{}\r\n0\r\n\r\n");
}

}  // namespace enlace
