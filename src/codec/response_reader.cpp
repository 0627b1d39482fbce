#include "codec/response_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <enlace/headers.hpp>

#include "codec/chunk_reader.hpp"
#include "codec/content_coding.hpp"
#include "codec/content_decoder.hpp"
#include "codec/head_scanner.hpp"
#include "codec/response_head.hpp"
#include "codec/status_line.hpp"

namespace enlace {
namespace {

/// What a Content-Length may reserve unseen.
constexpr std::uint64_t reserve_most = 1U << 20;
/// What an idle reader may keep.
constexpr std::size_t pending_kept = 4096;

}  // namespace

struct response_reader::parts final : chunk_reader::sink {
  enum class stage : std::uint8_t { head, length, chunks, until_end, done, failed };

  void start(incoming& into, std::string_view method);
  progress feed(std::string_view bytes, std::size_t& consumed);
  progress finish();
  void more(std::string_view bytes);
  std::string_view next_piece();

  [[nodiscard]] bool over() const noexcept { return at_ == stage::done || at_ == stage::failed; }
  [[nodiscard]] progress where() const noexcept;
  // Always false, so that a step can end with them.
  bool fail(wire_failure failure, std::string_view why);
  bool fail_too_large(std::string_view what, std::uint64_t limit);

  // One step each, which takes from the front of `bytes`. False: no further one is possible, for want of bytes or
  // because the answer is over.
  bool step(std::string_view& bytes);
  bool read_head(std::string_view& bytes);
  bool read_chunks(std::string_view& bytes);

  bool after_head();
  bool prepare_decoding();
  bool complete();
  bool take_chunk(std::uint64_t size) override;
  bool take_body(std::string_view piece) override;

  incoming* into_ = nullptr;
  const headers* request_fields_ = nullptr;  // null: no Accept-Encoding of its own
  std::uint32_t max_head_ = 0;
  std::uint64_t max_body_ = 0;
  std::size_t heads_size_ = 0;
  std::uint64_t body_size_ = 0;
  stage at_ = stage::done;
  bool head_method_ = false;
  bool started_ = false;
  bool odd_ = false;  // the connection is good for no further answer
  bool reusable_ = false;
  bool in_pieces_ = false;
  std::string_view piece_;
  std::string_view left_;  // in pieces: what of the bytes was not taken yet; in `pending_` or where they were handed in
  head_scanner scanner_;
  response_head head_;
  std::optional<chunk_reader> chunks_;
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

void response_reader::start_pieces(incoming& into, const outgoing& request) {
  start(into, request);
  parts_->in_pieces_ = true;
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

void response_reader::more(std::string_view bytes) { parts_->more(bytes); }
std::string_view response_reader::next_piece() { return parts_->next_piece(); }
response_reader::progress response_reader::where() const noexcept { return parts_->where(); }
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
  heads_size_ = 0;
  body_size_ = 0;
  at_ = stage::head;
  head_method_ = method == "HEAD";
  started_ = odd_ = reusable_ = in_pieces_ = false;
  left_ = piece_ = {};
  scanner_.reset();
  decoder_.reset();
  pending_.clear();
}

response_reader::progress response_reader::parts::where() const noexcept {
  if (at_ == stage::done) return progress::done;
  if (at_ == stage::failed) return progress::failed;
  return in_pieces_ && at_ != stage::head ? progress::head : progress::need_more;
}

bool response_reader::parts::fail(wire_failure failure, std::string_view why) {
  at_ = stage::failed;
  into_->failure = failure;
  into_->detail = why;
  into_->body.clear();
  decoder_.reset();
  return false;
}

bool response_reader::parts::fail_too_large(std::string_view what, std::uint64_t limit) {
  return fail(wire_failure::too_large, std::string(what) + " over " + std::to_string(limit) + " bytes");
}

response_reader::progress response_reader::parts::feed(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  if (bytes.empty() || over()) return where();
  started_ = true;
  const bool kept = !pending_.empty();
  if (kept) pending_.append(bytes);
  std::string_view left = kept ? std::string_view(pending_) : bytes;
  while ((!in_pieces_ || at_ == stage::head) && step(left)) {
  }

  consumed = bytes.size();
  if (where() == progress::head) {
    left_ = left;
    return progress::head;
  }
  if (!over()) {
    if (kept) {
      pending_.erase(0, pending_.size() - left.size());
    } else {
      pending_.assign(left);
    }
    return progress::need_more;
  }
  if (at_ == stage::done) {
    consumed -= left.size();
    reusable_ = reusable_ && left.empty();
  }
  pending_.clear();
  if (pending_.capacity() > pending_kept) pending_.shrink_to_fit();
  return where();
}

void response_reader::parts::more(std::string_view bytes) {
  if (over()) return;
  if (!pending_.empty()) {
    pending_.append(bytes);
    bytes = pending_;
  }
  left_ = bytes;
}

std::string_view response_reader::parts::next_piece() {
  piece_ = {};
  while (piece_.empty() && !over() && step(left_)) {
  }
  if (!piece_.empty()) return piece_;
  if (at_ == stage::done) reusable_ = reusable_ && left_.empty();
  // What is incomplete is kept until more has come.
  std::string(over() ? std::string_view() : left_).swap(pending_);
  left_ = {};
  return {};
}

response_reader::progress response_reader::parts::finish() {
  if (at_ == stage::until_end) {
    complete();
  } else if (at_ == stage::head) {
    fail(wire_failure::truncated, started_ ? "the connection was closed inside the head of the answer"
                                           : "the connection was closed before the answer");
  } else if (!over()) {
    fail(wire_failure::truncated, "the connection was closed inside the body");
  }
  return where();
}

bool response_reader::parts::step(std::string_view& bytes) {
  switch (at_) {
    case stage::head:
      return read_head(bytes);
    case stage::chunks:
      return read_chunks(bytes);
    case stage::length: {
      const std::uint64_t missing = *head_.length - body_size_;
      const std::string_view piece =
          bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(missing, bytes.size())));
      bytes.remove_prefix(piece.size());
      if (!take_body(piece)) return false;
      return piece.size() == missing && complete();
    }
    case stage::until_end:
      take_body(std::exchange(bytes, {}));
      return false;
    case stage::done:
    case stage::failed:
      break;
  }
  return false;
}

bool response_reader::parts::read_head(std::string_view& bytes) {
  if (bytes.substr(0, status_line_begin.size()) != status_line_begin.substr(0, bytes.size())) {
    return fail(wire_failure::malformed, "the answer is not HTTP/1");
  }
  const std::size_t room = max_head_ - heads_size_;
  switch (scanner_.scan(bytes.substr(0, room))) {
    case head_scanner::verdict::bad_line_end:
      return fail(wire_failure::malformed, "a line of the head does not end in CRLF");
    case head_scanner::verdict::folded_line:
      return fail(wire_failure::malformed, "a folded line in the head");
    case head_scanner::verdict::need_more:
      return bytes.size() >= room && fail_too_large("the head is", max_head_);
    case head_scanner::verdict::complete:
      break;
  }
  const std::string_view head = bytes.substr(0, scanner_.size());
  bytes.remove_prefix(head.size());
  heads_size_ += head.size();
  into_->headers.reserve(scanner_.fields(), head.size());
  const std::string_view wrong = parse_response_head(head, scanner_.first_line_size(), head_, into_->headers);
  if (!wrong.empty()) return fail(wire_failure::malformed, wrong);
  return after_head();
}

/// Decides what follows the head (RFC 9112, 6.3).
bool response_reader::parts::after_head() {
  const bool has_length = head_.length.value_or(0) != 0;
  odd_ = odd_ || !head_.persistent();
  if (head_.status == 101) return fail(wire_failure::malformed, "switched protocols without being asked");
  if (head_.status < 200 || head_.status == 204) odd_ = odd_ || has_length || head_.chunked;
  if (head_.status < 200) {
    scanner_.reset();
    return true;
  }
  into_->status = head_.status;
  if (head_method_ || head_.status == 204 || head_.status == 304) return complete();
  if (!in_pieces_ && head_.length.value_or(0) > max_body_) return fail_too_large("the body is", max_body_);
  if (head_.coded && head_.status != 205 && !prepare_decoding()) return false;
  if (head_.chunked) {
    chunks_.emplace(*this, max_head_);
    at_ = stage::chunks;
  } else if (head_.length) {
    if (!decoder_ && !in_pieces_) into_->body.reserve(static_cast<std::size_t>(std::min(*head_.length, reserve_most)));
    at_ = stage::length;
  } else {
    odd_ = true;
    at_ = stage::until_end;
    into_->ends_with_connection = true;
    // Such an answer has no content (RFC 9110, 15.3.6); one that does not say so ends here.
    if (head_.status == 205) return complete();
  }
  return true;
}

bool response_reader::parts::prepare_decoding() {
  std::string_view accepted = accepted_codings;
  if (request_fields_ != nullptr) accepted = request_fields_->get("Accept-Encoding").value_or(accepted);
  content_decoder decoder(max_body_);
  switch (decoder.add_all(into_->headers.joined("Content-Encoding"), accepted)) {
    case content_decoder::listing::not_accepted:
      return fail(wire_failure::content_encoding, "a content encoding that was not asked for");
    case content_decoder::listing::unknown:
      return true;
    case content_decoder::listing::ok:
      break;
  }
  if (in_pieces_) return true;
  into_->headers.erase("Content-Encoding");
  if (decoder.layers() == 0) return true;
  into_->headers.erase("Content-Length");
  decoder_.emplace(std::move(decoder));
  return true;
}

bool response_reader::parts::read_chunks(std::string_view& bytes) {
  if (bytes.empty()) return false;
  std::size_t used = 0;
  const auto outcome = chunks_->step(bytes, used);
  bytes.remove_prefix(used);
  switch (outcome) {
    case chunk_reader::outcome::progress:
      return true;
    case chunk_reader::outcome::done:
      return complete();
    case chunk_reader::outcome::malformed:
      return fail(wire_failure::malformed, "malformed chunks");
    case chunk_reader::outcome::too_large:
      return fail_too_large("a chunk's first line or the trailers are", max_head_);
    case chunk_reader::outcome::need_more:
    case chunk_reader::outcome::stopped:
      break;
  }
  return false;
}

bool response_reader::parts::complete() {
  if (decoder_ && decoder_->finish() != content_decoder::outcome::ok) {
    return fail(wire_failure::content_encoding, "the compressed body is cut off");
  }
  decoder_.reset();
  at_ = stage::done;
  reusable_ = !odd_;
  return false;
}

bool response_reader::parts::take_chunk(std::uint64_t size) {
  if (in_pieces_) return true;
  return size <= max_body_ - body_size_ || fail_too_large("the body is", max_body_);
}

/// Everything of the body goes through here.
bool response_reader::parts::take_body(std::string_view piece) {
  if (in_pieces_) {
    piece_ = piece;
    body_size_ += piece.size();
    return true;
  }
  if (piece.size() > max_body_ - body_size_) return fail_too_large("the body is", max_body_);
  body_size_ += piece.size();
  if (head_.status == 205) {
    odd_ = odd_ || !piece.empty();
    return true;
  }
  if (!decoder_) {
    into_->body.append(piece);
    return true;
  }
  switch (decoder_->feed(piece, into_->body)) {
    case content_decoder::outcome::ok:
      return true;
    case content_decoder::outcome::corrupt:
      return fail(wire_failure::content_encoding, "the compressed body is damaged");
    case content_decoder::outcome::too_large:
      break;
  }
  return fail_too_large("the decoded body is", max_body_);
}

}  // namespace enlace
