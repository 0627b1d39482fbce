#include "codec/event_reader.hpp"

#include <utility>

namespace enlace {

void event_reader::begin(kind what) {
  left_ = {};
  switch (what) {
    case kind::sse:
      decoder_.emplace<sse_decoder>(max_event_bytes).last_event_id(last_id_);
      break;
    case kind::ndjson:
      decoder_.emplace<ndjson_decoder>(max_event_bytes);
      break;
    case kind::bytes:
      decoder_.emplace<std::monostate>();
      break;
  }
}

decoded event_reader::next() {
  if (auto* sse = std::get_if<sse_decoder>(&decoder_)) {
    const decoded got = sse->next(left_);
    // An id counts once its event is whole; a retry at once.
    retry_ = sse->retry() ? sse->retry() : retry_;
    if (got != decoded::event) return got;
    event_ = sse->event();
    if (last_id_ != sse->last_event_id()) last_id_ = sse->last_event_id();
    return got;
  }
  if (auto* lines = std::get_if<ndjson_decoder>(&decoder_)) {
    const decoded got = lines->next(left_);
    if (got == decoded::event) event_ = lines->event();
    return got;
  }
  if (left_.empty()) return decoded::need_more;
  event_ = stream_event({}, std::exchange(left_, {}), {});
  return decoded::event;
}

decoded event_reader::finish() {
  auto* lines = std::get_if<ndjson_decoder>(&decoder_);
  if (lines == nullptr) return decoded::need_more;
  const decoded got = lines->finish();
  if (got == decoded::event) event_ = lines->event();
  return got;
}

std::uint64_t event_reader::comments() const noexcept {
  const auto* sse = std::get_if<sse_decoder>(&decoder_);
  return sse == nullptr ? 0 : sse->comments();
}

bool event_reader::between_events() const noexcept {
  if (const auto* sse = std::get_if<sse_decoder>(&decoder_)) return sse->between_events();
  if (const auto* lines = std::get_if<ndjson_decoder>(&decoder_)) return lines->between_events();
  return true;
}

}  // namespace enlace
