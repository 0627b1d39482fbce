#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

namespace enlace {

/// Reads a chunked body (RFC 9112, 7.1) by Beast's parser, and refuses what that lets pass: controls in chunk
/// extensions, folded trailers. Trailers are checked and dropped.
class chunk_reader final : private boost::beast::http::basic_parser<false> {
 public:
  /// Who gets the body.
  class sink {
   public:
    sink() = default;
    sink(const sink&) = delete;
    sink& operator=(const sink&) = delete;
    virtual ~sink() = default;
    /// A chunk of that size begins. False: stop.
    virtual bool take_chunk(std::uint64_t size) = 0;
    /// A piece of the body. False: stop.
    virtual bool take_body(std::string_view piece) = 0;
  };
  enum class outcome : std::uint8_t { progress, need_more, done, malformed, too_large, stopped };

  /// No chunk's first line, nor the last one and the trailers together, may be over `max_line_bytes`.
  chunk_reader(sink& to, std::size_t max_line_bytes);

  /// Reads one element from the front of `bytes`, which begin with what the last call left, and says how many bytes it
  /// took. On `need_more` it took none.
  outcome step(std::string_view bytes, std::size_t& used);

 private:
  using text = boost::beast::string_view;
  using error = boost::system::error_code;
  void on_request_impl(boost::beast::http::verb, text, text, int, error&) override {}
  void on_response_impl(int, text, int, error&) override {}
  void on_field_impl(boost::beast::http::field, text, text, error&) override {}
  void on_header_impl(error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error&) override {}
  std::size_t on_body_impl(text piece, error&) override { return piece.size(); }
  void on_chunk_header_impl(std::uint64_t size, text extensions, error& failed) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, text piece, error& failed) override;
  void on_finish_impl(error&) override {}

  sink& to_;
  std::size_t max_line_;
  bool in_chunk_ = false;
  bool stopped_ = false;
};

}  // namespace enlace
