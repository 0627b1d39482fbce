#include "codec/chunk_reader.hpp"

#include <limits>

#include <boost/asio/buffer.hpp>
#include <enlace/headers.hpp>

namespace enlace {

namespace http = boost::beast::http;

chunk_reader::chunk_reader(sink& to, std::size_t max_line_bytes) : to_(to), max_line_(max_line_bytes) {
  body_limit(boost::none);  // the sink knows its limit
  constexpr std::string_view head = "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n";
  error none;
  put(boost::asio::const_buffer(head.data(), head.size()), none);
}

chunk_reader::outcome chunk_reader::step(std::string_view bytes, std::size_t& used) {
  used = 0;
  // The shortest body. Beast 1.81 remembers having seen "0" and then asserts that no less than all this comes.
  constexpr std::string_view shortest = "0\r\n\r\n";
  if (bytes.size() < shortest.size() && shortest.starts_with(bytes)) return outcome::need_more;

  const bool was_in_chunk = in_chunk_;
  error failed;
  const std::size_t size = put(boost::asio::const_buffer(bytes.data(), bytes.size()), failed);
  if (stopped_) return outcome::stopped;
  const bool incomplete = failed == http::error::need_more;
  if (!was_in_chunk && (incomplete ? bytes.size() : size) > max_line_) return outcome::too_large;
  if (incomplete) return outcome::need_more;
  if (failed) return outcome::malformed;
  used = size;
  if (!is_done()) return outcome::progress;
  // Beast unfolds lines; in trailers they are refused as in the head.
  const std::string_view end = bytes.substr(0, size);
  const bool folded = end.find("\n ") != std::string_view::npos || end.find("\n\t") != std::string_view::npos;
  return folded ? outcome::malformed : outcome::done;
}

void chunk_reader::on_chunk_header_impl(std::uint64_t size, text extensions, error& failed) {
  if (!is_header_value({extensions.data(), extensions.size()})) {
    failed = http::error::bad_chunk_extension;
    return;
  }
  in_chunk_ = size != 0;
  if (in_chunk_ && !to_.take_chunk(size)) {
    stopped_ = true;
    failed = http::error::body_limit;
  }
}

std::size_t chunk_reader::on_chunk_body_impl(std::uint64_t left, text piece, error& failed) {
  in_chunk_ = left > piece.size();
  if (!to_.take_body({piece.data(), piece.size()})) {
    stopped_ = true;
    failed = http::error::body_limit;
  }
  return piece.size();
}

}  // namespace enlace
