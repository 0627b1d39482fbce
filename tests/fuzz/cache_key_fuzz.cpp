// Equal calls have equal keys, whatever the order of their JSON; calls that differ, if only in where one part ends and
// the next begins, have different ones. Input: a byte of how to cut, then a text of parts; JSON where it is some.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/json.hpp>

#include "cache/cache_key.hpp"
#include "fuzz/input.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;

constexpr std::uint64_t seed = 7;

using parts = std::vector<std::string_view>;

cache_key key_of(const parts& all) {
  cache_key_builder builder(seed);
  for (const std::string_view part : all) builder.add(part);
  return builder.finish();
}

/// `text` cut at up to six places that the input gives.
parts cut(std::string_view text, test::fuzz_input& how, std::size_t count) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) places.push_back(how.byte() % (text.size() + 1));
  std::sort(places.begin(), places.end());
  parts all;
  std::size_t begin = 0;
  for (const std::size_t place : places) {
    all.push_back(text.substr(begin, place - begin));
    begin = place;
  }
  all.push_back(text.substr(begin));
  return all;
}

/// The same value with the members of each object the other way round.
json::value turned(const json::value& value) {
  if (const json::array* array = value.if_array()) {
    json::array out;
    for (const json::value& element : *array) out.push_back(turned(element));
    return out;
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return value;
  json::object out;
  for (std::size_t i = object->size(); i-- > 0;) {
    const json::key_value_pair& member = *(object->begin() + i);
    out.emplace(member.key(), turned(member.value()));
  }
  return out;
}

cache_key key_of(const json::value& value) { return cache_key_builder(seed).add_json(value).finish(); }

std::string canonical(const json::value& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

void check_json(std::string_view text) {
  const result<json::value> read = parse_json(text);
  if (!read) return;
  const json::value other = turned(*read);
  require(key_of(*read) == key_of(other), "another order, another key", text);
  std::string plain;
  append_json(plain, other);
  const result<json::value> again = parse_json(plain);
  require(again.has_value(), "what was written is no JSON", plain);
  require(key_of(*read) == key_of(*again), "written and read it has another key", plain);
  const std::string one_form = canonical(*read);
  require(canonical(parse_json(one_form).value()) == one_form, "two canonical forms", one_form);
  require(key_of(*read) == key_of(parts{one_form}), "the key is not that of the canonical form", one_form);
  require(key_of(*read) != key_of(json::value(json::array{*read})), "in a list it has the same key", plain);

  cache_key_parts with_data;
  with_data.data = &*read;
  cache_key_parts with_body;
  with_body.body = one_form;
  require(key_for(with_data, seed) != key_for(with_body, seed), "data and a body are one", one_form);
}

/// Six parts of a call; `in` are six texts.
cache_key key_of_call(const parts& in) {
  cache_key_parts call;
  call.method = in[0];
  call.url = in[1];
  call.body = in[2];
  call.content_type = in[3];
  call.tenant = in[4];
  call.authorization = in[5];
  return key_for(call, seed);
}

cache_key key_of_ids(const parts& in) {
  cache_key_parts call;
  call.tenant = in[0];
  call.agent = in[1];
  call.conversation = in[2];
  call.collection = in[3];
  call.authorization = in[4];
  call.url = in[5];
  return key_for(call, seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  test::fuzz_input places = input;
  const std::size_t one_count = input.byte() % 6;
  static_cast<void>(input.bytes(16));
  const std::string_view text = input.rest();
  check_json(text);

  places.byte();
  const parts one = cut(text, places, one_count);
  const parts other = cut(text, places, 5);
  require((key_of(one) == key_of(other)) == (one == other), "cut otherwise, and the same key", text);
  const parts third = cut(text, places, 5);
  require((key_of_call(other) == key_of_call(third)) == (other == third), "another call, the same key", text);
  require((key_of_ids(other) == key_of_ids(third)) == (other == third), "another caller, the same key", text);
  return 0;
}
