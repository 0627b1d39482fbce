// Any bytes, split in any way, are the same request to the reader as in one piece; what it takes for a request keeps
// the limits, is framed in one way only, and written anew reads the same. Input: a byte of options, a byte to seed the
// splitting, then what a client sends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/headers.hpp>
#include <enlace/random.hpp>

#include "codec/request_reader.hpp"
#include "fuzz/input.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;
using progress = request_reader::progress;

struct request_seen {
  progress at = progress::need_more;
  int fault_status = 0;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool http_1_1 = false;
  bool keep_alive = false;
  bool wants_continue = false;
  std::size_t consumed = 0;
};

struct limits {
  std::uint32_t head;
  std::uint64_t body;
};

/// Feeds `wire` in pieces whose sizes `next_size` gives.
template <class NextSize>
request_seen read(std::string_view wire, const limits& most, NextSize next_size) {
  request_reader reader(most.head, most.body);
  request_seen seen;
  while (seen.at == progress::need_more && seen.consumed < wire.size()) {
    const std::size_t size = std::min<std::size_t>(next_size(), wire.size() - seen.consumed);
    // A copy of its own, so that a sanitizer sees a read beyond the piece, and a view kept into an older one.
    const std::vector<char> piece(wire.begin() + static_cast<std::ptrdiff_t>(seen.consumed),
                                  wire.begin() + static_cast<std::ptrdiff_t>(seen.consumed + size));
    std::size_t used = 0;
    seen.at = reader.feed({piece.data(), piece.size()}, used);
    require(used <= size, "took more than there was");
    require(seen.at != progress::need_more || used == size, "left bytes while it asked for more");
    require(seen.at == progress::need_more || !reader.wants_continue(), "over, and wants to continue");
    seen.consumed += used;
  }
  seen.fault_status = reader.fault_status();
  seen.method = reader.method();
  seen.target = reader.target();
  for (const headers::field at : reader.headers()) seen.fields.emplace_back(at.name, at.value);
  seen.body = reader.body();
  seen.http_1_1 = reader.http_1_1();
  seen.keep_alive = reader.keep_alive();
  seen.wants_continue = reader.wants_continue();
  require((seen.at == progress::failed) == !reader.fault().empty(), "a fault that is none");
  require((seen.at == progress::failed) == (seen.fault_status >= 400), "a fault without a status");
  return seen;
}

void check_same(const request_seen& a, const request_seen& b, const char* what) {
  require(a.at == b.at, what, "outcome");
  require(a.fault_status == b.fault_status, what, "status");
  if (a.at != progress::done) return;
  require(a.consumed == b.consumed && a.keep_alive == b.keep_alive && a.http_1_1 == b.http_1_1, what, "end");
  require(a.method == b.method && a.target == b.target && a.fields == b.fields, what, "head");
  require(a.body == b.body, what, "body");
}

std::size_t count(const request_seen& of, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(of.fields.begin(), of.fields.end(), [name](const auto& field) {
    return equals_ignoring_case(field.first, name);
  }));
}

void check_request(const request_seen& got, const limits& most) {
  require(is_token(got.method) && got.method != "CONNECT", "no method", got.method);
  require(got.target == "*" || got.target.starts_with('/'), "no target", got.target);
  for (const char c : got.target) require(c > ' ' && c <= '~' && c != '#', "a target to be encoded", got.target);
  require(got.body.size() <= most.body, "a body over its limit");
  require(count(got, "Content-Length") + count(got, "Transfer-Encoding") <= 1, "framed twice");
  require(count(got, "Host") == 1 || (count(got, "Host") == 0 && !got.http_1_1), "not one Host");
  for (const auto& [name, value] : got.fields) {
    require(is_token(name) && is_header_value(value), "a field that is none", name);
    if (equals_ignoring_case(name, "Content-Length")) require(std::stoull(value) == got.body.size(), "a false length");
  }
}

/// Read, written anew with a length, and read again.
void check_written_anew(const request_seen& got) {
  std::string wire = got.method + ' ' + got.target + (got.http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  request_seen expected = got;
  std::erase_if(expected.fields, [](const auto& field) {
    return equals_ignoring_case(field.first, "Content-Length") ||
           equals_ignoring_case(field.first, "Transfer-Encoding");
  });
  expected.fields.emplace_back("Content-Length", std::to_string(got.body.size()));
  for (const auto& [name, value] : expected.fields) wire.append(name).append(": ").append(value).append("\r\n");
  wire.append("\r\n").append(got.body);
  expected.consumed = wire.size();
  const limits wide{static_cast<std::uint32_t>(wire.size() + 1), wire.size()};
  // The next client's request behind it is left alone.
  const std::string two = wire + "GET / HTTP/1.1\r\n";
  check_same(expected, read(two, wide, [&] { return two.size(); }), "written anew it is another");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  const unsigned how = input.byte();
  random_source random(input.byte());
  const std::string_view wire = input.rest();
  if (wire.empty()) return 0;
  const limits most{(how & 1U) != 0 ? 128U : 64U << 10U, (how & 2U) != 0 ? 16U : 1U << 16U};

  const request_seen whole = read(wire, most, [&] { return wire.size(); });
  const auto pieces = [&] { return 1 + random.below(random.below(4) == 0 ? 4096 : 12); };
  check_same(whole, read(wire, most, pieces), "split at random it is another");
  if (wire.size() < 4096)
    check_same(whole, read(wire, most, [] { return std::size_t{1}; }), "byte by byte it is another");
  if (whole.at != progress::done) return 0;
  check_request(whole, most);
  check_written_anew(whole);
  return 0;
}
