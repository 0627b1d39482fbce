#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace enlace::test {

/// Beast's reading of one answer, to compare ours with.
class beast_oracle final : public boost::beast::http::basic_parser<false> {
 public:
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  int status = 0;

  explicit beast_oracle(bool to_head) {
    body_limit(boost::none);
    header_limit(std::numeric_limits<std::uint32_t>::max());
    skip(to_head);
  }

  /// Reads all that it can of `bytes`, then the end of the connection. Whether that makes an answer.
  bool read(std::string_view bytes) {
    boost::system::error_code failed;
    while (!bytes.empty() && !is_done() && !failed) {
      bytes.remove_prefix(put(boost::asio::const_buffer(bytes.data(), bytes.size()), failed));
    }
    if (failed && failed != boost::beast::http::error::need_more) return false;
    if (is_done()) return true;
    if (!got_some()) return false;
    put_eof(failed);
    return !failed;
  }

 private:
  using text = boost::beast::string_view;
  using error = boost::system::error_code;
  void on_request_impl(boost::beast::http::verb, text, text, int, error&) override {}
  void on_response_impl(int code, text, int, error&) override { status = code; }
  void on_field_impl(boost::beast::http::field, text name, text value, error&) override {
    if (!head_done_) fields.emplace_back(name, value);
  }
  void on_header_impl(error&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error&) override {}
  std::size_t on_body_impl(text piece, error&) override {
    body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text piece, error&) override {
    body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(error&) override {}

  bool head_done_ = false;
};

}  // namespace enlace::test
