#include "cache/storable.hpp"

#include <string>
#include <string_view>

namespace enlace {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view lower) noexcept {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// Takes the next directive off a Cache-Control list; commas within quoted strings do not separate.
std::string_view next_directive(std::string_view& list) noexcept {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (quoted && list[end] == '\\') ++end;
  }
  const std::string_view directive = list.substr(0, end);
  list.remove_prefix(end < list.size() ? end + 1 : list.size());
  return directive;
}

/// Without its argument and the spaces around it.
std::string_view directive_name(std::string_view directive) noexcept {
  directive = directive.substr(0, directive.find('='));
  const std::size_t first = directive.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return directive.substr(first, directive.find_last_not_of(" \t") - first + 1);
}

bool forbids_storing(std::string_view cache_control) noexcept {
  while (!cache_control.empty()) {
    if (equal_ignoring_case(directive_name(next_directive(cache_control)), "no-store")) return true;
  }
  return false;
}

/// What the allocator takes for a block: a header of eight bytes, sizes in steps of 16.
constexpr std::size_t block(std::size_t bytes) noexcept { return bytes == 0 ? 0 : (bytes + 8 + 15) / 16 * 16; }

std::size_t heap_of(const std::string& text) noexcept {
  static const std::size_t inner = std::string().capacity();
  return text.capacity() > inner ? block(text.capacity() + 1) : 0;
}

std::size_t heap_of(const json::value& value) noexcept;

std::size_t heap_of(const json::object& object) noexcept {
  if (object.capacity() == 0) return 0;
  constexpr std::size_t table = 16;
  constexpr std::size_t indexed_from = 18;  // larger objects keep a hash index of four bytes a slot
  const std::size_t slot = sizeof(json::key_value_pair) + (object.capacity() > indexed_from ? 4 : 0);
  std::size_t bytes = block(table + object.capacity() * slot);
  for (const auto& member : object) bytes += block(member.key().size() + 1) + heap_of(member.value());
  return bytes;
}

std::size_t heap_of(const json::value& value) noexcept {
  constexpr std::size_t header = 8;
  constexpr std::size_t short_string = 14;
  switch (value.kind()) {
    case json::kind::string: {
      const std::size_t capacity = value.get_string().capacity();
      return capacity > short_string ? block(header + capacity + 1) : 0;
    }
    case json::kind::array: {
      const json::array& array = value.get_array();
      std::size_t bytes = array.capacity() == 0 ? 0 : block(header + array.capacity() * sizeof(json::value));
      for (const json::value& element : array) bytes += heap_of(element);
      return bytes;
    }
    case json::kind::object:
      return heap_of(value.get_object());
    default:
      return 0;
  }
}

std::size_t heap_of(const headers& fields) noexcept {
  constexpr std::size_t extent = 12;
  std::size_t text = 0;
  for (const auto& field : fields) text += field.name.size() + field.value.size();
  return block(text) + block(fields.size() * extent);
}

std::size_t heap_of(const error& failed) noexcept {
  std::size_t bytes = heap_of(failed.message) + heap_of(failed.upstream_code) + heap_of(failed.details);
  if (failed.cause != nullptr) bytes += block(sizeof(error) + 16) + heap_of(*failed.cause);
  return bytes;
}

std::size_t heap_of(const call_info& call) noexcept {
  return heap_of(call.service) + heap_of(call.operation) + heap_of(call.trace_id) + heap_of(call.upstream);
}

}  // namespace

bool storable(const reply& answer) {
  return answer.success() && !answer.headers().contains("Set-Cookie") &&
         !forbids_storing(answer.headers().joined("Cache-Control"));
}

std::size_t footprint(const reply& answer) noexcept {
  // The reply in its shared block, and its parts behind their pointer.
  constexpr std::size_t fixed = block(sizeof(reply) + 16) +
                                block(sizeof(std::string) + sizeof(json::value) + sizeof(error) + sizeof(headers) +
                                      2 * sizeof(json::object) + sizeof(call_info) + sizeof(std::vector<trail_entry>));
  std::size_t bytes = fixed + heap_of(answer.message()) + heap_of(answer.data()) + heap_of(answer.metadata()) +
                      heap_of(answer.extras()) + heap_of(answer.headers()) + heap_of(answer.call());
  if (!answer.success()) bytes += heap_of(answer.error());
  bytes += block(answer.trail().capacity() * sizeof(trail_entry));
  for (const trail_entry& entry : answer.trail()) bytes += heap_of(entry.what) + heap_of(entry.why);
  return bytes;
}

}  // namespace enlace
