#include "codec/sse_decoder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/utf8.hpp"
#include "codec/clear_keeping.hpp"

namespace enlace {
namespace {

constexpr std::int32_t day_ms = 24 * 60 * 60 * 1000;

constexpr std::uint64_t each_byte = 0x0101010101010101U;
constexpr std::uint64_t top_bits = each_byte * 0x80U;

/// The top bits of the bytes that are `wanted`: of the lowest one at least, and none where there is no such byte.
constexpr std::uint64_t bytes_equal(std::uint64_t block, char wanted) noexcept {
  const std::uint64_t zero = block ^ (each_byte * static_cast<unsigned char>(wanted));
  return (zero - each_byte) & ~zero & top_bits;
}

/// How many bytes stand before the first CR or LF, or all; and whether those are ASCII. Both in one pass, as every byte
/// of a stream goes through here.
std::size_t size_of_line(std::string_view bytes, bool& ascii) noexcept {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + sizeof seen <= bytes.size(); at += sizeof seen) {
    std::uint64_t block = 0;
    std::memcpy(&block, bytes.data() + at, sizeof block);
    if constexpr (std::endian::native == std::endian::big) block = __builtin_bswap64(block);
    const std::uint64_t ends = bytes_equal(block, '\n') | bytes_equal(block, '\r');
    if (ends != 0) {
      const std::uint64_t before_end = (ends & (~ends + 1)) - 1;
      ascii = ((seen | (block & before_end)) & top_bits) == 0;
      return at + static_cast<std::size_t>(std::countr_zero(ends)) / 8;
    }
    seen |= block;
  }
  for (; at < bytes.size() && bytes[at] != '\n' && bytes[at] != '\r'; ++at) {
    seen |= static_cast<unsigned char>(bytes[at]);
  }
  ascii = (seen & top_bits) == 0;
  return at;
}

/// The value, where `line` is the field `name`.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) noexcept {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  if (line.empty()) return line;
  if (line.front() != ':') return std::nullopt;
  line.remove_prefix(1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

/// The event that is being read, as views: into the bytes handed in, `line_`, `data_` or `names_`.
struct sse_decoder::fields {
  std::string_view data;
  std::string_view type;
  std::string_view id;
  bool has_data = false;
  bool has_id = false;
  bool joined = false;  // `data` is all of `data_`, which `data` doesn't show
  bool named = false;   // type or id are others than in `names_`
  bool ascii = true;    // for certain

  [[nodiscard]] bool has_names() const noexcept { return has_id || !type.empty(); }
};

sse_decoder::fields sse_decoder::take_up() const noexcept {
  fields now;
  if (!has_data_ && !has_names_) return now;
  now.has_data = now.joined = has_data_;
  now.ascii = false;
  if (has_names_) {
    const std::size_t end = names_.find('\n');
    now.type = std::string_view(names_).substr(0, end);
    now.id = std::string_view(names_).substr(end + 1);
    now.has_id = has_id_;
  }
  return now;
}

void sse_decoder::put_away(const fields& now) {
  if (now.has_data && !now.joined) data_.assign(now.data);
  has_data_ = now.has_data;
  has_names_ = now.has_names();
  has_id_ = now.has_id;
  if (now.named) {
    std::string names;
    names.reserve(now.type.size() + 1 + now.id.size());
    names.append(now.type).append(1, '\n').append(now.id);
    names_ = std::move(names);
  }
}

void sse_decoder::drop_event() noexcept {
  if (!line_open_) clear_keeping(line_, kept_buffer_bytes);
  if (!has_data_) clear_keeping(data_, kept_buffer_bytes);
  if (!has_names_) clear_keeping(names_, kept_buffer_bytes);
}

decoded sse_decoder::next(std::string_view& bytes) {
  if (too_large_) return refuse(bytes);
  drop_event();
  fields now = take_up();
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') bytes.remove_prefix(1);
      continue;
    }
    bool ascii = false;
    const std::size_t size = size_of_line(bytes, ascii);
    if ((line_open_ ? line_.size() : 0) + size > max_) return refuse(bytes);
    if (size == bytes.size()) break;
    std::string_view line = bytes.substr(0, size);
    after_cr_ = bytes[size] == '\r';
    bytes.remove_prefix(size + 1);
    if (line_open_) {
      line = line_.append(line);
      line_open_ = ascii = false;
    }
    if (!begun_) {
      begun_ = true;
      if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    }
    if (!line.empty()) {
      if (!take_line(now, line, ascii)) return refuse(bytes);
    } else if (dispatch(now)) {
      return decoded::event;
    }
  }
  put_away(now);
  if (!bytes.empty()) {
    if (!line_open_) line_.clear();
    line_.append(bytes);
    line_open_ = true;
    bytes = {};
  } else if (between_events()) {
    clear_keeping(line_, 0);
    clear_keeping(data_, 0);
    clear_keeping(names_, 0);
  }
  return decoded::need_more;
}

/// False: the event is too large.
bool sse_decoder::take_line(fields& now, std::string_view line, bool ascii) {
  if (const auto data = value_of(line, "data")) {
    take_data(now, *data);
  } else if (line.front() == ':') {
    ++comments_;
    return true;
  } else if (const auto type = value_of(line, "event")) {
    now.type = *type;
    now.named = true;
  } else if (const auto id = value_of(line, "id")) {
    if (id->find('\0') != std::string_view::npos) return true;
    now.id = *id;
    now.has_id = now.named = true;
  } else {
    if (const auto retry = value_of(line, "retry")) take_retry(*retry);
    return true;
  }
  now.ascii = now.ascii && ascii;
  return (now.joined ? data_.size() : now.data.size()) + now.type.size() + now.id.size() <= max_;
}

void sse_decoder::take_data(fields& now, std::string_view value) {
  if (!now.has_data) {
    now.data = value;
    now.has_data = true;
    return;
  }
  if (!now.joined) data_.assign(now.data);
  now.joined = true;
  data_.append(1, '\n').append(value);
}

void sse_decoder::take_retry(std::string_view value) noexcept {
  if (value.empty()) return;
  std::int32_t time = 0;
  for (const char digit : value) {
    if (digit < '0' || digit > '9') return;
    time = std::min(time * 10 + (digit - '0'), day_ms);
  }
  retry_ms_ = time;
}

/// A blank line: the event is over. Whether it is one, as one without data is not. Its id counts all the same.
bool sse_decoder::dispatch(fields& now) {
  has_data_ = has_names_ = has_id_ = false;
  if (now.has_id) {
    if (now.ascii || is_valid_utf8(now.id)) {
      last_id_.assign(now.id);
    } else {
      last_id_ = to_valid_utf8(now.id);
    }
  }
  if (!now.has_data) {
    now = fields();
    return false;
  }
  if (now.joined) now.data = data_;
  if (!now.ascii) {
    if (!is_valid_utf8(now.data)) now.data = data_ = to_valid_utf8(now.data);
    if (!is_valid_utf8(now.type)) now.type = names_ = to_valid_utf8(now.type);
  }
  event_ = stream_event(now.type.empty() ? std::string_view("message") : now.type, now.data, last_id_);
  return true;
}

decoded sse_decoder::refuse(std::string_view& bytes) noexcept {
  reset();
  too_large_ = true;
  bytes = {};
  return decoded::too_large;
}

std::optional<std::chrono::milliseconds> sse_decoder::retry() const noexcept {
  if (retry_ms_ < 0) return std::nullopt;
  return std::chrono::milliseconds(retry_ms_);
}

void sse_decoder::reset() noexcept {
  event_ = stream_event();
  clear_keeping(line_, 0);
  clear_keeping(data_, 0);
  clear_keeping(names_, 0);
  line_open_ = has_data_ = has_names_ = has_id_ = begun_ = after_cr_ = too_large_ = false;
}

}  // namespace enlace
