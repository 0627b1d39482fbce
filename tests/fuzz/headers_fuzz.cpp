// A header map behaves as a plain list of names and values does, and a request with fields that may not stand on the
// wire is refused. Input: one operation after another, each a byte, a name and a value, which end at a line feed; a
// byte of 0xF0 or more takes a name and a value from the map itself, whose text then moves under them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/headers.hpp>
#include <enlace/request.hpp>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "message/wire_request.hpp"

namespace {

using namespace enlace;
using test::require;

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

/// What a header map is, in the plainest form.
class model {
 public:
  void add(std::string name, std::string value) { fields.emplace_back(std::move(name), std::move(value)); }
  void set(const std::string& name, const std::string& value) {
    const auto first =
        std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return same_name(f.first, name); });
    if (first == fields.end()) return add(name, value);
    *first = {name, value};
    fields.erase(std::remove_if(first + 1, fields.end(), [&](const auto& f) { return same_name(f.first, name); }),
                 fields.end());
  }
  std::size_t erase(const std::string& name) {
    return std::erase_if(fields, [&](const auto& f) { return same_name(f.first, name); });
  }

  std::vector<std::pair<std::string, std::string>> fields;
};

void check_same(const headers& got, const model& expected) {
  require(got.size() == expected.fields.size() && got.empty() == expected.fields.empty(), "another size");
  std::size_t at = 0;
  for (const headers::field field : got) {
    const auto& [name, value] = expected.fields[at++];
    require(field.name == name && field.value == value, "another field", field.name);
  }
}

void check_look_up(const headers& got, const model& expected, std::string_view name) {
  const std::string* first = nullptr;
  std::string joined;
  for (const auto& [each, value] : expected.fields) {
    if (!same_name(each, name)) continue;
    joined += first == nullptr ? value : ", " + value;
    if (first == nullptr) first = &value;
  }
  require(got.contains(name) == (first != nullptr), "contains, or not", name);
  require(first == nullptr || got.get(name) == *first, "another value", name);
  require(got.joined(name) == joined, "joined otherwise", name);
}

void step(headers& got, model& expected, test::fuzz_input& input) {
  const unsigned what = input.byte();
  std::string_view name;
  std::string_view value;
  if (what >= 0xF0 && !got.empty()) {
    name = got[input.byte() % got.size()].name;
    value = got[input.byte() % got.size()].value;
  } else {
    name = input.until('\n');
    value = input.until('\n');
  }
  const std::string own_name(name);
  const std::string own_value(value);
  switch (what % 8) {
    case 0:
    case 1:
    case 2:
      got.add(name, value);
      expected.add(own_name, own_value);
      break;
    case 3:
    case 4:
      got.set(name, value);
      expected.set(own_name, own_value);
      break;
    case 5:
      require(got.erase(name) == expected.erase(own_name), "another number was erased", own_name);
      break;
    case 6: {
      headers copy = got;
      copy.add("X", "y");
      headers moved = std::move(copy);
      require(moved.size() == got.size() + 1, "a copy is another");
      const headers& itself = got;
      got = itself;
      break;
    }
    default:
      if (own_value.size() > 3) {
        got.clear();
        expected.fields.clear();
      } else {
        got.reserve(own_name.size(), own_value.size() * 64);
      }
      break;
  }
  check_same(got, expected);
  check_look_up(got, expected, own_name);
}

bool may_stand(std::string_view name, std::string_view value) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const auto in_name = [&](char c) {
    return (lowered(c) >= 'a' && lowered(c) <= 'z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  };
  const auto in_value = [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) != 0x7F);
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), in_name) &&
         std::all_of(value.begin(), value.end(), in_value);
}

void check_request(const model& fields) {
  constexpr std::string_view reserved[] = {"te",         "host",           "upgrade",          "trailer",
                                           "connection", "content-length", "transfer-encoding"};
  request asked = post("http://embedding/");
  model set;
  bool sound = true;
  for (const auto& [name, value] : fields.fields) {
    asked.header(name, value);
    set.set(name, value);
  }
  for (const auto& [name, value] : set.fields) {
    sound = sound && may_stand(name, value);
    for (const std::string_view each : reserved) sound = sound && !same_name(name, each);
    require(is_token(name) == may_stand(name, ""), "another idea of a token", name);
    require(is_header_value(value) == may_stand("x", value), "another idea of a value", value);
  }
  const result<wire_request> wire = to_wire(asked);
  require(wire.has_value() == sound, sound ? "sound fields refused" : "bad fields taken");
  if (!sound) require(wire.error().details.at("field").as_string() == "headers", "another fault");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  headers got;
  model expected;
  for (int steps = 0; !input.empty() && steps < 200; ++steps) step(got, expected, input);
  check_request(expected);
  return 0;
}
