#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <stdexcept>

#include <enlace/headers.hpp>

namespace enlace {
namespace {

constexpr std::size_t npos = std::string_view::npos;

constexpr bool is_letter(unsigned char byte) noexcept {
  const unsigned char lower = byte | 0x20U;
  return lower >= 'a' && lower <= 'z';
}

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = is_letter(static_cast<unsigned char>(c)) || (c >= '0' && c <= '9');
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// Whether `part` points into `whole`.
bool lies_in(std::string_view part, const std::string& whole) noexcept {
  const std::less_equal<const char*> not_after;
  return not_after(whole.data(), part.data()) && not_after(part.data(), whole.data() + whole.size());
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (a == b) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<unsigned char>(a[i]);
    const auto difference = static_cast<unsigned char>(x ^ static_cast<unsigned char>(b[i]));
    if (difference != 0 && (difference != 0x20 || !is_letter(x))) return false;
  }
  return true;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

bool is_header_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
  });
}

std::size_t headers::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const extent& at = fields_[i];
    if (at.name_size != name.size()) continue;
    if (equals_ignoring_case(std::string_view(text_.data() + at.offset, at.name_size), name)) return i;
  }
  return npos;
}

void headers::add(std::string_view name, std::string_view value) {
  const std::size_t offset = text_.size();
  const std::size_t needed = offset + name.size() + value.size();
  if (needed > text_.capacity()) {
    if (needed > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("headers over 4 GiB");
    // Into a new buffer, as `name` and `value` may be views of the old one.
    std::string grown;
    grown.reserve(std::max<std::size_t>(needed, offset == 0 ? 128 : 2 * offset));
    grown.append(text_).append(name).append(value);
    text_.swap(grown);
  } else {
    text_.append(name).append(value);
  }
  if (fields_.capacity() == 0) fields_.reserve(8);
  fields_.push_back(extent{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(name.size()),
                           static_cast<std::uint32_t>(value.size())});
}

void headers::set(std::string_view name, std::string_view value) {
  const std::size_t first = find(name);
  if (first == npos) return add(name, value);
  if (lies_in(name, text_) || lies_in(value, text_)) return set(std::string(name), std::string(value));
  for (std::size_t i = fields_.size() - 1; i > first; --i) {
    if (equals_ignoring_case((*this)[i].name, name)) remove(i);
  }
  extent& place = fields_[first];
  text_.replace(place.offset, place.name_size, name);
  text_.replace(place.offset + place.name_size, place.value_size, value);
  const auto value_size = static_cast<std::uint32_t>(value.size());
  for (std::size_t i = first + 1; i < fields_.size(); ++i) {
    fields_[i].offset = fields_[i].offset - place.value_size + value_size;
  }
  place.value_size = value_size;
}

std::size_t headers::erase(std::string_view name) {
  const std::size_t first = find(name);
  if (first == npos) return 0;
  if (lies_in(name, text_)) return erase(std::string(name));
  const std::size_t before = fields_.size();
  for (std::size_t i = before; i-- > first;) {
    if (equals_ignoring_case((*this)[i].name, name)) remove(i);
  }
  return before - fields_.size();
}

/// The text of the fields lies without gaps in their order, so a removal moves what follows.
void headers::remove(std::size_t index) {
  const extent gone = fields_[index];
  const std::uint32_t size = gone.name_size + gone.value_size;
  text_.erase(gone.offset, size);
  fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(index));
  for (std::size_t i = index; i < fields_.size(); ++i) fields_[i].offset -= size;
}

void headers::clear() noexcept {
  text_.clear();
  fields_.clear();
}

void headers::reserve(std::size_t fields, std::size_t bytes) {
  fields_.reserve(fields);
  text_.reserve(bytes);
}

std::optional<std::string_view> headers::get(std::string_view name) const noexcept {
  const std::size_t at = find(name);
  if (at == npos) return std::nullopt;
  return (*this)[at].value;
}

std::string headers::joined(std::string_view name) const {
  std::string out;
  bool first = true;
  for (const field at : *this) {
    if (!equals_ignoring_case(at.name, name)) continue;
    if (!first) out.append(", ");
    out.append(at.value);
    first = false;
  }
  return out;
}

headers::field headers::operator[](std::size_t index) const noexcept {
  const extent& at = fields_[index];
  const char* start = text_.data() + at.offset;
  return field{std::string_view(start, at.name_size), std::string_view(start + at.name_size, at.value_size)};
}

}  // namespace enlace
