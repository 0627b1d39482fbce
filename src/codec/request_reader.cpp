#include "codec/request_reader.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "codec/head_scanner.hpp"

namespace enlace {

namespace http = boost::beast::http;
using parse_error = boost::system::error_code;

namespace {

/// What a Content-Length may reserve unseen.
constexpr std::uint64_t reserve_most = 1U << 20;
/// What an idle reader may keep.
constexpr std::size_t pending_kept = 4096;
/// The shortest end of a chunked body, "0" and two line ends. Beast 1.81 asserts that it never sees less of one.
constexpr std::size_t shortest_end = 5;

std::string_view as_std(boost::beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// A number that can't overflow, of at most 19 digits: Beast compares Content-Length fields, but lets lists through.
bool is_length(std::string_view text) noexcept {
  constexpr std::size_t digits_most = std::numeric_limits<std::uint64_t>::digits10;
  return !text.empty() && text.size() <= digits_most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether it may stand in a Host field (RFC 3986, 3.2, but for the user's name). It may be empty.
bool is_host(std::string_view text) noexcept {
  static constexpr std::string_view marks = "-._~!$&'()*+,;=%:[]";
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view with) noexcept {
  return equals_ignoring_case(text.substr(0, with.size()), with);
}

}  // namespace

struct request_reader::parts {
  enum class stage : std::uint8_t { before, head, body, done, failed };

  /// Beast's parser, good for one request.
  class wire_parser final : public http::basic_parser<true> {
   public:
    explicit wire_parser(parts& owner) : owner_(owner) {
      // Both limits are kept by the reader, in the same way for whole and for split input.
      body_limit(boost::none);
      header_limit(std::numeric_limits<std::uint32_t>::max());
    }

   private:
    using text = boost::beast::string_view;
    void on_request_impl(http::verb, text method, text target, int version, parse_error& failed) override {
      owner_.take_request_line(as_std(method), as_std(target), version, failed);
    }
    void on_response_impl(int, text, int, parse_error&) override {}
    void on_field_impl(http::field id, text name, text value, parse_error& failed) override {
      owner_.take_field(id, as_std(name), as_std(value), failed);
    }
    void on_header_impl(parse_error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, parse_error&) override {}
    std::size_t on_body_impl(text piece, parse_error& failed) override {
      owner_.take_body(as_std(piece), failed);
      return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t size, text extensions, parse_error& failed) override {
      owner_.take_chunk_line(size, as_std(extensions), failed);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, text piece, parse_error& failed) override {
      owner_.chunk_left_ -= piece.size();
      owner_.take_body(as_std(piece), failed);
      return piece.size();
    }
    void on_finish_impl(parse_error&) override {}

    parts& owner_;
  };

  parts(std::uint32_t max_head, std::uint64_t max_body) : max_head_(max_head), max_body_(max_body) { start(); }

  void start();
  progress feed(std::string_view bytes, std::size_t& consumed);

  [[nodiscard]] progress where() const noexcept;
  /// Always false, so that a step can end with it.
  bool fail(int status, std::string_view why) noexcept;
  /// `fail` from inside the parser.
  void refuse(int status, std::string_view why, parse_error& failed) noexcept;
  bool fail_as_parsed(const parse_error& failed) noexcept;

  // One step each; false: no further step is possible, for want of bytes or because the request is over.
  bool skip_blank_lines(std::string_view bytes, std::size_t& used) noexcept;
  bool read_head(std::string_view bytes, std::size_t& used);
  bool read_body(std::string_view bytes, std::size_t& used);
  bool after_head();

  void take_request_line(std::string_view method, std::string_view target, int version, parse_error& failed);
  void take_target(std::string_view target, parse_error& failed);
  void take_field(http::field id, std::string_view name, std::string_view value, parse_error& failed);
  void take_framing(http::field id, std::string_view value, parse_error& failed) noexcept;
  void take_chunk_line(std::uint64_t size, std::string_view extensions, parse_error& failed) noexcept;
  void take_body(std::string_view piece, parse_error& failed);

  const std::uint32_t max_head_;
  const std::uint64_t max_body_;
  stage at_ = stage::before;
  std::size_t blank_bytes_ = 0;
  std::uint64_t chunk_left_ = 0;
  int hosts_ = 0;
  bool has_length_ = false;
  bool chunked_ = false;
  bool http11_ = true;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
  bool took_body_ = false;
  int fault_status_ = 0;
  std::string_view fault_;
  head_scanner scanner_;
  std::optional<wire_parser> parser_;
  std::string pending_;
  std::string method_;
  std::string target_;
  enlace::headers headers_;
  std::string body_;
};

request_reader::request_reader(std::uint32_t max_head_bytes, std::uint64_t max_body_bytes)
    : parts_(std::make_unique<parts>(max_head_bytes, max_body_bytes)) {}
request_reader::~request_reader() = default;

void request_reader::start() { parts_->start(); }
request_reader::progress request_reader::feed(std::string_view bytes, std::size_t& consumed) {
  return parts_->feed(bytes, consumed);
}
bool request_reader::wants_continue() const noexcept {
  return parts_->at_ == parts::stage::body && parts_->expects_continue_ && parts_->body_.empty();
}
int request_reader::fault_status() const noexcept { return parts_->fault_status_; }
std::string_view request_reader::fault() const noexcept { return parts_->fault_; }
std::string& request_reader::method() noexcept { return parts_->method_; }
std::string& request_reader::target() noexcept { return parts_->target_; }
enlace::headers& request_reader::headers() noexcept { return parts_->headers_; }
std::string& request_reader::body() noexcept { return parts_->body_; }
bool request_reader::http_1_1() const noexcept { return parts_->http11_; }
bool request_reader::keep_alive() const noexcept { return parts_->at_ == parts::stage::done && parts_->keep_alive_; }

void request_reader::parts::start() {
  at_ = stage::before;
  blank_bytes_ = 0;
  chunk_left_ = 0;
  hosts_ = 0;
  has_length_ = chunked_ = expects_continue_ = took_body_ = false;
  http11_ = true;
  fault_status_ = 0;
  fault_ = {};
  scanner_.reset();
  parser_.emplace(*this);
  pending_.clear();
  if (pending_.capacity() > pending_kept) pending_.shrink_to_fit();
  method_.clear();
  target_.clear();
  headers_.clear();
  body_.clear();
}

request_reader::progress request_reader::parts::where() const noexcept {
  if (at_ == stage::done) return progress::done;
  return at_ == stage::failed ? progress::failed : progress::need_more;
}

bool request_reader::parts::fail(int status, std::string_view why) noexcept {
  at_ = stage::failed;
  fault_status_ = status;
  fault_ = why;
  return false;
}

void request_reader::parts::refuse(int status, std::string_view why, parse_error& failed) noexcept {
  fail(status, why);
  failed = http::error::bad_value;  // any but `need_more` stops the parser
}

bool request_reader::parts::fail_as_parsed(const parse_error& failed) noexcept {
  if (at_ == stage::failed) return false;
  if (failed == http::error::bad_version) {
    return fail(400, "The request line does not end in HTTP/1.0 or HTTP/1.1");
  }
  if (failed == http::error::bad_method || failed == http::error::bad_target || failed == http::error::need_more) {
    return fail(400, "The request line is not a method, a target and a version");
  }
  if (failed == http::error::bad_transfer_encoding || failed == http::error::bad_content_length ||
      failed == http::error::multiple_content_length) {
    return fail(400, "The length of the body is given twice, or is no length");
  }
  return at_ == stage::body ? fail(400, "The body is not well chunked") : fail(400, "A header field is malformed");
}

request_reader::progress request_reader::parts::feed(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  if (bytes.empty() || at_ == stage::done || at_ == stage::failed) return where();
  consumed = bytes.size();
  const bool kept = !pending_.empty();
  if (kept) pending_.append(bytes);
  const std::string_view all = kept ? std::string_view(pending_) : bytes;

  std::size_t used = 0;
  if (at_ == stage::before) skip_blank_lines(all, used);
  if (at_ == stage::head) read_head(all.substr(used), used);
  while (at_ == stage::body && used < all.size() && read_body(all.substr(used), used)) {
  }

  if (at_ == stage::done) {
    consumed -= all.size() - used;
    pending_.clear();
  } else if (at_ != stage::failed) {
    if (kept) {
      pending_.erase(0, used);
    } else {
      pending_.assign(all.substr(used));
    }
  }
  return where();
}

/// Empty lines before a request are an old habit of clients (RFC 9112, 2.2).
bool request_reader::parts::skip_blank_lines(std::string_view bytes, std::size_t& used) noexcept {
  while (bytes.substr(used).starts_with("\r\n")) used += 2;
  blank_bytes_ += used;
  if (blank_bytes_ > max_head_) return fail(431, "The head is too long");
  if (used == bytes.size() || bytes.substr(used) == "\r") return false;
  at_ = stage::head;
  return true;
}

bool request_reader::parts::read_head(std::string_view bytes, std::size_t& used) {
  switch (scanner_.scan(bytes.substr(0, max_head_))) {
    case head_scanner::verdict::bad_line_end:
      return fail(400, "A line of the head does not end in CRLF");
    case head_scanner::verdict::folded_line:
      return fail(400, "A line of the head is folded");
    case head_scanner::verdict::need_more:
      return bytes.size() < max_head_ ? false : fail(431, "The head is too long");
    case head_scanner::verdict::complete:
      break;
  }
  const std::string_view head = bytes.substr(0, scanner_.size());
  const std::size_t line_size = scanner_.first_line_size();
  used += head.size();
  headers_.reserve(scanner_.fields(), head.size());
  parse_error failed;
  parser_->put(boost::asio::const_buffer(head.data(), line_size), failed);
  // The parser has read the line, and wants to see the fields.
  if (failed == http::error::need_more && !method_.empty()) {
    parser_->put(boost::asio::const_buffer(head.data() + line_size, head.size() - line_size), failed);
  }
  return failed ? fail_as_parsed(failed) : after_head();
}

/// Decides what follows the head, once the parser knows the framing.
bool request_reader::parts::after_head() {
  if (hosts_ > 1) return fail(400, "There is more than one Host");
  if (hosts_ == 0 && http11_) return fail(400, "There is no Host");
  keep_alive_ = parser_->keep_alive();  // asked for later, the parser would heed the trailers too
  const std::uint64_t length = parser_->content_length().value_or(0);
  if (length > max_body_) return fail(413, "The body is too long");
  body_.reserve(static_cast<std::size_t>(std::min(length, reserve_most)));
  at_ = parser_->is_done() ? stage::done : stage::body;
  return true;
}

bool request_reader::parts::read_body(std::string_view bytes, std::size_t& used) {
  if (chunked_ && chunk_left_ == 0 && bytes.size() < shortest_end) return false;
  parse_error failed;
  took_body_ = false;
  const std::size_t size = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), failed);
  used += size;
  const bool incomplete = failed == http::error::need_more;
  if (failed && !incomplete) return fail_as_parsed(failed);
  // Anything but body is a chunk's first line, or the last one and the trailers.
  if (!took_body_ && (incomplete ? bytes.size() : size) > max_head_) {
    return fail(400, "A chunk's first line or the trailers are too long");
  }
  if (incomplete) return false;
  if (!parser_->is_done()) return true;
  // The parser unfolds lines; in trailers they are refused as in the head.
  const std::string_view end = bytes.substr(0, size);
  if (chunked_ && (end.find("\n ") != std::string_view::npos || end.find("\n\t") != std::string_view::npos)) {
    return fail(400, "A line of the trailers is folded");
  }
  at_ = stage::done;
  return false;
}

void request_reader::parts::take_request_line(std::string_view method, std::string_view target, int version,
                                              parse_error& failed) {
  method_ = method;
  http11_ = version == 11;
  if (method == "CONNECT") return refuse(501, "CONNECT is not supported", failed);
  const bool clean = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c <= '~' && c != '#'; });
  if (!clean) return refuse(400, "The target has characters that must be encoded", failed);
  take_target(target, failed);
}

void request_reader::parts::take_target(std::string_view target, parse_error& failed) {
  if (target == "*" && method_ != "OPTIONS") return refuse(400, "Only OPTIONS may have the target *", failed);
  if (target == "*" || target.starts_with('/')) {
    target_ = target;
    return;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_case(target, scheme)) continue;
    const std::size_t path = std::min(target.find_first_of("/?", scheme.size()), target.size());
    if (path == scheme.size()) break;
    target_ = target.substr(path);
    if (!target_.starts_with('/')) target_.insert(0, 1, '/');
    return;
  }
  refuse(400, "The target is neither a path nor an http URL", failed);
}

void request_reader::parts::take_field(http::field id, std::string_view name, std::string_view value,
                                       parse_error& failed) {
  if (at_ != stage::head) return;  // a trailer
  switch (id) {
    case http::field::content_length:
    case http::field::transfer_encoding:
      take_framing(id, value, failed);
      break;
    case http::field::host:
      ++hosts_;
      if (!is_host(value)) refuse(400, "Host is not a host", failed);
      break;
    case http::field::expect:
      expects_continue_ = http11_ && equals_ignoring_case(value, "100-continue");
      if (http11_ && !expects_continue_) refuse(417, "Nothing but 100-continue can be expected", failed);
      break;
    default:
      break;
  }
  if (!failed) headers_.add(name, value);
}

void request_reader::parts::take_framing(http::field id, std::string_view value, parse_error& failed) noexcept {
  if (has_length_ || chunked_) return refuse(400, "The length of the body is given twice", failed);
  if (id == http::field::content_length) {
    has_length_ = true;
    if (!is_length(value)) refuse(400, "Content-Length is not one number", failed);
  } else {
    chunked_ = true;
    if (!http11_) return refuse(400, "HTTP/1.0 has no Transfer-Encoding", failed);
    if (!equals_ignoring_case(value, "chunked")) refuse(501, "No transfer coding but chunked is supported", failed);
  }
}

void request_reader::parts::take_chunk_line(std::uint64_t size, std::string_view extensions,
                                            parse_error& failed) noexcept {
  chunk_left_ = size;
  if (!is_header_value(extensions)) {
    refuse(400, "There are control characters in a chunk extension", failed);
  } else if (size > max_body_ - body_.size()) {
    refuse(413, "The body is too long", failed);
  }
}

void request_reader::parts::take_body(std::string_view piece, parse_error& failed) {
  took_body_ = true;
  if (piece.size() > max_body_ - body_.size()) return refuse(413, "The body is too long", failed);
  body_.append(piece);
}

}  // namespace enlace
