#include "cache/cache_key.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <random>

namespace enlace {

namespace {

/// In place of a missing part's length: no part is that long.
constexpr std::uint64_t missing = ~std::uint64_t{0};
/// Most calls' parts together; one allocation.
constexpr std::size_t usual_size = 768;

void append_number(std::string& out, std::uint64_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

std::optional<std::string_view> in_scope(cache_scope scope, cache_id id, std::string_view value) {
  if (!scope.has(id)) return std::nullopt;
  return value;
}

}  // namespace

std::uint64_t process_cache_seed() noexcept {
  static const std::uint64_t seed = [] {
    std::random_device entropy;
    return (std::uint64_t{entropy()} << 32U) | entropy();
  }();
  return seed;
}

cache_key_builder::cache_key_builder(std::uint64_t seed) : seed_(seed) { text_.reserve(usual_size); }

cache_key_builder& cache_key_builder::add(std::string_view part) {
  append_number(text_, part.size());
  text_ += part;
  return *this;
}

cache_key_builder& cache_key_builder::add_optional(std::optional<std::string_view> part) {
  if (part) return add(*part);
  append_number(text_, missing);
  return *this;
}

cache_key_builder& cache_key_builder::add_json(const json::value& value) {
  const std::size_t start = text_.size();
  append_number(text_, 0);
  append_canonical(text_, value);
  const std::uint64_t size = text_.size() - start - sizeof size;
  std::memcpy(text_.data() + start, &size, sizeof size);
  return *this;
}

cache_key cache_key_builder::finish() const noexcept {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(text_.data(), text_.size(), seed_);
  return {hash.high64, hash.low64};
}

cache_key key_for(const cache_key_parts& parts, std::uint64_t seed) {
  cache_key_builder key(seed);
  key.add(parts.method).add(parts.url);
  if (parts.data != nullptr) {
    key.add_json(*parts.data);
  } else {
    key.add_optional(std::nullopt);
  }
  key.add_optional(parts.body).add(parts.content_type);
  key.add(parts.tenant)
      .add_optional(in_scope(parts.scope, cache_id::agent, parts.agent))
      .add_optional(in_scope(parts.scope, cache_id::conversation, parts.conversation))
      .add_optional(in_scope(parts.scope, cache_id::collection, parts.collection))
      .add(parts.authorization);
  for (const std::string& name : parts.vary) {
    key.add(name);
    if (parts.fields != nullptr && parts.fields->contains(name)) {
      key.add(parts.fields->joined(name));
    } else {
      key.add_optional(std::nullopt);
    }
  }
  return key.finish();
}

}  // namespace enlace
