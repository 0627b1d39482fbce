#include "codec/response_reader.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <enlace/headers.hpp>

#include "codec/comma_list.hpp"
#include "codec/content_coding.hpp"
#include "codec/content_decoder.hpp"
#include "codec/head_scanner.hpp"

namespace enlace {

namespace http = boost::beast::http;
using parse_error = boost::system::error_code;

namespace {

/// What a Content-Length may reserve unseen.
constexpr std::uint64_t reserve_most = 1U << 20;
/// What an idle reader may keep.
constexpr std::size_t pending_kept = 4096;
constexpr std::size_t layers_most = 4;

std::string_view as_std(boost::beast::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

struct response_reader::parts {
  enum class stage : std::uint8_t { head, body, done, failed };

  /// Beast's parser, good for one head and its body.
  class wire_parser final : public http::basic_parser<false> {
   public:
    wire_parser(parts& owner, bool no_body) : owner_(owner) {
      // Both limits are kept by the reader, in the same way for whole and for split input.
      body_limit(boost::none);
      header_limit(std::numeric_limits<std::uint32_t>::max());
      skip(no_body);
    }

   private:
    using text = boost::beast::string_view;
    void on_request_impl(http::verb, text, text, int, parse_error&) override {}
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
      owner_.take_body(as_std(piece), failed);
      return piece.size();
    }
    void on_finish_impl(parse_error&) override {}

    parts& owner_;
  };

  void start(incoming& into, std::string_view method);
  progress feed(std::string_view bytes, std::size_t& consumed);
  progress finish();

  [[nodiscard]] progress where() const noexcept;
  /// Always false, so that a step can end with it.
  bool fail(wire_failure failure, std::string_view why);
  /// `fail` from inside the parser.
  void refuse(wire_failure failure, std::string_view why, parse_error& failed);
  bool fail_as_parsed(const parse_error& failed);

  // One step each; false: no further step is possible, for want of bytes or because the answer is over.
  bool read_head(std::string_view bytes, std::size_t& used);
  bool read_body(std::string_view bytes, std::size_t& used);

  bool read_status_line(std::string_view line);
  bool parse_head(std::string_view head);
  bool after_head();
  bool prepare_decoding();
  bool complete();

  void take_field(http::field id, std::string_view name, std::string_view value, parse_error& failed);
  void take_chunk_line(std::uint64_t size, std::string_view extensions, parse_error& failed);
  void take_body(std::string_view piece, parse_error& failed);

  incoming* into_ = nullptr;
  const headers* request_fields_ = nullptr;  // null: no Accept-Encoding of its own
  std::uint32_t max_head_ = 0;
  std::uint64_t max_body_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::size_t heads_size_ = 0;
  int status_ = 0;
  int lengths_ = 0;
  stage at_ = stage::done;
  bool head_method_ = false;
  bool started_ = false;
  bool http11_ = true;
  bool close_ = false;
  bool keep_alive_ = false;
  bool odd_ = false;  // nothing to refuse, but not to be trusted with a second answer
  bool reusable_ = false;
  bool took_body_ = false;
  head_scanner scanner_;
  std::optional<wire_parser> parser_;
  std::optional<content_decoder> decoder_;
  std::string pending_;
};

response_reader::response_reader() : parts_(std::make_unique<parts>()) {}
response_reader::response_reader(response_reader&&) noexcept = default;
response_reader& response_reader::operator=(response_reader&&) noexcept = default;
response_reader::~response_reader() = default;

void response_reader::start(incoming& into, const outgoing& request) {
  start(into, request.method, request.max_head_bytes, request.max_body_bytes);
  parts_->request_fields_ = request.fields;
}

void response_reader::start(incoming& into, std::string_view method, std::uint32_t max_head_bytes,
                            std::uint64_t max_body_bytes) {
  parts_->request_fields_ = nullptr;
  parts_->max_head_ = max_head_bytes;
  parts_->max_body_ = max_body_bytes;
  parts_->start(into, method);
}

response_reader::progress response_reader::feed(std::string_view bytes, std::size_t& consumed) {
  return parts_->feed(bytes, consumed);
}

response_reader::progress response_reader::finish() { return parts_->finish(); }
bool response_reader::started() const noexcept { return parts_->started_; }
bool response_reader::reusable() const noexcept { return parts_->reusable_; }

void response_reader::parts::start(incoming& into, std::string_view method) {
  into.failure = wire_failure::none;
  into.detail.clear();
  into.status = 0;
  into.headers.clear();
  into.body.clear();
  into_ = &into;
  body_bytes_ = 0;
  heads_size_ = 0;
  status_ = 0;
  lengths_ = 0;
  at_ = stage::head;
  head_method_ = method == "HEAD";
  started_ = close_ = keep_alive_ = odd_ = reusable_ = false;
  scanner_.reset();
  parser_.emplace(*this, head_method_);
  decoder_.reset();
  pending_.clear();
  if (pending_.capacity() > pending_kept) pending_.shrink_to_fit();
}

response_reader::progress response_reader::parts::where() const noexcept {
  if (at_ == stage::done) return progress::done;
  return at_ == stage::failed ? progress::failed : progress::need_more;
}

bool response_reader::parts::fail(wire_failure failure, std::string_view why) {
  at_ = stage::failed;
  into_->failure = failure;
  into_->detail = why;
  into_->body.clear();
  decoder_.reset();
  return false;
}

void response_reader::parts::refuse(wire_failure failure, std::string_view why, parse_error& failed) {
  fail(failure, why);
  failed = http::error::bad_value;  // any but `need_more` stops the parser
}

bool response_reader::parts::fail_as_parsed(const parse_error& failed) {
  if (at_ == stage::failed) return false;
  return fail(wire_failure::malformed, "the answer is not valid HTTP: " + failed.message());
}

response_reader::progress response_reader::parts::feed(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  if (bytes.empty() || at_ == stage::done || at_ == stage::failed) return where();
  started_ = true;
  consumed = bytes.size();
  const bool kept = !pending_.empty();
  if (kept) pending_.append(bytes);
  const std::string_view all = kept ? std::string_view(pending_) : bytes;

  std::size_t used = 0;
  while (at_ == stage::head && read_head(all.substr(used), used)) {
  }
  while (at_ == stage::body && used < all.size() && read_body(all.substr(used), used)) {
  }

  if (at_ == stage::done) {
    const std::size_t left = all.size() - used;
    consumed -= left;
    reusable_ = reusable_ && left == 0;
  } else if (at_ != stage::failed) {
    if (kept) {
      pending_.erase(0, used);
    } else {
      pending_.assign(all.substr(used));
    }
    return progress::need_more;
  }
  pending_.clear();
  if (pending_.capacity() > pending_kept) pending_.shrink_to_fit();
  return where();
}

response_reader::progress response_reader::parts::finish() {
  if (at_ == stage::body && parser_->need_eof()) {
    complete();
  } else if (at_ == stage::body) {
    fail(wire_failure::truncated, "the connection was closed inside the body");
  } else if (at_ == stage::head) {
    fail(wire_failure::truncated, started_ ? "the connection was closed inside the head of the answer"
                                           : "the connection was closed before the answer");
  }
  return where();
}

bool response_reader::parts::read_head(std::string_view bytes, std::size_t& used) {
  constexpr std::string_view begin = "HTTP/1.";
  if (bytes.substr(0, begin.size()) != begin.substr(0, bytes.size())) {
    return fail(wire_failure::malformed, "the answer is not HTTP/1");
  }
  const std::size_t room = max_head_ - heads_size_;
  switch (scanner_.scan(bytes.substr(0, room))) {
    case head_scanner::verdict::bad_line_end:
      return fail(wire_failure::malformed, "a line of the head does not end in CRLF");
    case head_scanner::verdict::folded_line:
      return fail(wire_failure::malformed, "a folded line in the head");
    case head_scanner::verdict::need_more:
      if (bytes.size() < room) return false;
      return fail(wire_failure::too_large, "the head is over " + std::to_string(max_head_) + " bytes");
    case head_scanner::verdict::complete:
      break;
  }
  const std::string_view head = bytes.substr(0, scanner_.size());
  used += head.size();
  heads_size_ += head.size();
  return parse_head(head) && after_head();
}

/// Reads the version and the status. The reason is dropped; what it may hold is checked all the same. A CR in it counts
/// as a space (RFC 9112, 2.2), but such an answer's connection is not used again. The space before an empty reason
/// may be missing, as many servers have it.
bool response_reader::parts::read_status_line(std::string_view line) {
  constexpr std::size_t version_at = 7;
  constexpr std::size_t status_at = 9;
  constexpr std::size_t reason_at = 12;
  line.remove_suffix(2);
  if (line.size() < reason_at || (line[version_at] != '0' && line[version_at] != '1') || line[version_at + 1] != ' ') {
    return false;
  }
  http11_ = line[version_at] == '1';
  status_ = 0;
  for (const char digit : line.substr(status_at, 3)) {
    if (digit < '0' || digit > '9') return false;
    status_ = status_ * 10 + (digit - '0');
  }
  if (status_ < 100 || (line.size() > reason_at && line[reason_at] != ' ')) return false;
  for (const char c : line.substr(reason_at)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\r') {
      odd_ = true;
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      return false;
    }
  }
  return true;
}

bool response_reader::parts::parse_head(std::string_view head) {
  const std::size_t line_size = scanner_.first_line_size();
  if (!read_status_line(head.substr(0, line_size))) return fail(wire_failure::malformed, "a malformed status line");
  // The parser gets a status line without the liberties taken above.
  char line[] = "HTTP/1.1 200 \r\n";
  line[7] = http11_ ? '1' : '0';
  for (std::size_t i = 9; i < 12; ++i) line[i] = head[i];
  parse_error failed;
  parser_->put(boost::asio::const_buffer(line, sizeof line - 1), failed);

  lengths_ = 0;
  if (status_ >= 200) {
    into_->status = status_;
    into_->headers.reserve(scanner_.fields(), head.size());
  }
  parser_->put(boost::asio::const_buffer(head.data() + line_size, head.size() - line_size), failed);
  return failed ? fail_as_parsed(failed) : true;
}

/// Decides what follows the head, once the parser knows the framing.
bool response_reader::parts::after_head() {
  const std::uint64_t length = parser_->content_length().value_or(0);
  if ((status_ < 200 || status_ == 204) && (length != 0 || parser_->chunked())) odd_ = true;
  if (!http11_ && parser_->chunked()) odd_ = true;  // RFC 9112, 6.1
  if (status_ == 101) return fail(wire_failure::malformed, "switched protocols without being asked");
  if (status_ < 200) {
    scanner_.reset();
    parser_.emplace(*this, head_method_);
    return true;
  }
  at_ = stage::body;
  if (parser_->is_done()) return complete();
  if (status_ == 205) {
    // It has no content, however its end is told (RFC 9110, 15.3.6); one without a length ends here.
    return parser_->need_eof() ? complete() : true;
  }
  if (length > max_body_) {
    return fail(wire_failure::too_large, "the body is over " + std::to_string(max_body_) + " bytes");
  }
  if (!prepare_decoding()) return false;
  if (!decoder_) into_->body.reserve(static_cast<std::size_t>(std::min(length, reserve_most)));
  return true;
}

bool response_reader::parts::prepare_decoding() {
  if (!into_->headers.contains("Content-Encoding")) return true;
  const std::string codings = into_->headers.joined("Content-Encoding");
  std::string_view accepted = accepted_codings;
  if (request_fields_ != nullptr) accepted = request_fields_->get("Accept-Encoding").value_or(accepted_codings);
  std::string_view unasked;
  bool known = true;
  content_decoder decoder(max_body_);
  for_each_element(codings, [&](std::string_view coding) {
    if (equals_ignoring_case(coding, "identity")) return;
    if (!accepts_coding(accepted, coding)) unasked = coding;
    const auto ours = content_coding_named(coding);
    known = known && ours && decoder.layers() < layers_most;
    if (known) decoder.add(*ours);
  });
  if (!unasked.empty()) {
    return fail(wire_failure::content_encoding, "a content encoding that was not asked for: " + std::string(unasked));
  }
  if (!known) return true;
  if (decoder.layers() != 0) {
    into_->headers.erase("Content-Length");
    decoder_.emplace(std::move(decoder));
  }
  into_->headers.erase("Content-Encoding");
  return true;
}

bool response_reader::parts::read_body(std::string_view bytes, std::size_t& used) {
  parse_error failed;
  took_body_ = false;
  const std::size_t size = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), failed);
  used += size;
  const bool incomplete = failed == http::error::need_more;
  if (failed && !incomplete) return fail_as_parsed(failed);
  // Anything but body is a chunk's first line, or the last one and the trailers.
  if (!took_body_ && (incomplete ? bytes.size() : size) > max_head_) {
    return fail(wire_failure::too_large,
                "a chunk's first line or the trailers are over " + std::to_string(max_head_) + " bytes");
  }
  if (incomplete) return false;
  if (!parser_->is_done()) return true;
  if (parser_->chunked()) {
    // The parser unfolds lines; in trailers they are refused as in the head.
    const std::string_view end = bytes.substr(0, size);
    if (end.find("\n ") != std::string_view::npos || end.find("\n\t") != std::string_view::npos) {
      return fail(wire_failure::malformed, "a folded line in the trailers");
    }
  }
  return complete();
}

bool response_reader::parts::complete() {
  if (decoder_ && decoder_->finish() != content_decoder::outcome::ok) {
    return fail(wire_failure::content_encoding, "the compressed body is cut off");
  }
  decoder_.reset();
  at_ = stage::done;
  reusable_ = !odd_ && !close_ && (http11_ || keep_alive_) && parser_->keep_alive();
  return false;
}

void response_reader::parts::take_field(http::field id, std::string_view name, std::string_view value,
                                        parse_error& failed) {
  if (at_ != stage::head) return;  // a trailer
  if (id == http::field::content_length) {
    if (++lengths_ > 1 || value.find(',') != std::string_view::npos) odd_ = true;  // the parser saw that they agree
  } else if (id == http::field::transfer_encoding) {
    if (!equals_ignoring_case(value, "chunked")) {
      return refuse(wire_failure::malformed, "a transfer encoding that was not asked for", failed);
    }
  } else if (id == http::field::connection) {
    for_each_element(value, [&](std::string_view option) {
      close_ = close_ || equals_ignoring_case(option, "close");
      keep_alive_ = keep_alive_ || equals_ignoring_case(option, "keep-alive");
    });
  }
  if (status_ >= 200) into_->headers.add(name, value);
}

void response_reader::parts::take_chunk_line(std::uint64_t size, std::string_view extensions, parse_error& failed) {
  if (!is_header_value(extensions)) {
    refuse(wire_failure::malformed, "control characters in a chunk extension", failed);
  } else if (size > max_body_ - body_bytes_) {
    refuse(wire_failure::too_large, "the body is over " + std::to_string(max_body_) + " bytes", failed);
  }
}

/// Everything of the body goes through here.
void response_reader::parts::take_body(std::string_view piece, parse_error& failed) {
  took_body_ = true;
  if (piece.size() > max_body_ - body_bytes_) {
    return refuse(wire_failure::too_large, "the body is over " + std::to_string(max_body_) + " bytes", failed);
  }
  body_bytes_ += piece.size();
  if (status_ == 205) {
    odd_ = odd_ || !piece.empty();
  } else if (!decoder_) {
    into_->body.append(piece);
  } else {
    switch (decoder_->feed(piece, into_->body)) {
      case content_decoder::outcome::ok:
        break;
      case content_decoder::outcome::corrupt:
        return refuse(wire_failure::content_encoding, "the compressed body is damaged", failed);
      case content_decoder::outcome::too_large:
        return refuse(wire_failure::too_large, "the decoded body is over " + std::to_string(max_body_) + " bytes",
                      failed);
    }
  }
}

}  // namespace enlace
