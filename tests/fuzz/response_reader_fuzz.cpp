// Any bytes, split in any way, must give the reader the same answer as in one piece, and what it takes for an answer
// Beast must read in the same way. Input: a byte of options, a byte to seed the splitting, then what the peer sends.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <enlace/headers.hpp>

#include "codec/response_reader.hpp"
#include "fuzz/beast_oracle.hpp"
#include "fuzz/require.hpp"
#include "unit/codec/read_answer.hpp"

namespace {

using namespace enlace;
using test::require;

void check_alone(const test::answer& got, std::string_view wire, const test::reading& how) {
  using progress = response_reader::progress;
  require(got.consumed <= wire.size(), "took more than there was");
  require(got.body.size() <= how.max_body_bytes, "a body over its limit");
  require((got.progress == progress::failed) == (got.failure != wire_failure::none), "failed without a failure");
  require(!how.then_closes || got.progress != progress::need_more, "wants more after the end");
  if (got.progress == progress::failed) {
    require(!got.detail.empty() && got.body.empty() && !got.reusable, "a failure that is none");
  } else if (got.progress == progress::done) {
    require(got.status >= 200 && got.status <= 999, "a status that is none");
  }
}

/// What differs, but for a compressed body that is damaged and too large: either may be seen first.
std::string difference(const test::answer& a, const test::answer& b) {
  const auto either = [](const test::answer& one) {
    return one.failure == wire_failure::content_encoding || one.failure == wire_failure::too_large;
  };
  return either(a) && either(b) ? std::string() : test::difference(a, b);
}

bool is(const std::pair<std::string, std::string>& field, std::string_view name) {
  return equals_ignoring_case(field.first, name);
}

bool begins(std::string_view line, std::string_view name) {
  return equals_ignoring_case(line.substr(0, name.size()), name);
}

/// The same answer, without the liberties that we take and Beast doesn't: in the status line and in `Connection`.
std::string as_beast_takes_it(std::string_view wire) {
  std::string out(wire.substr(0, 12));
  out += " OK\r\n";
  wire.remove_prefix(wire.find('\n') + 1);
  while (!wire.starts_with("\r\n")) {
    const std::string_view line = wire.substr(0, wire.find('\n') + 1);
    wire.remove_prefix(line.size());
    if (!begins(line, "connection:") && !begins(line, "proxy-connection:")) out += line;
  }
  return out.append(wire);
}

void check_against_beast(const test::answer& got, std::string_view wire, const test::reading& how) {
  if (!got.done() || wire[9] == '1') return;  // to Beast, an interim answer is an answer
  const bool to_head = how.method == "HEAD";
  test::beast_oracle plain(to_head);
  if (plain.read(wire)) {
    require(plain.keep_alive() || !got.reusable, "reusable, but Beast says close");
    require(got.status == plain.status, "another status than Beast's");
  }
  test::beast_oracle tame(to_head);
  require(tame.read(as_beast_takes_it(wire)), "Beast refuses what was accepted");
  bool coded = false;
  auto theirs = tame.fields.begin();
  for (const auto& ours : got.fields) {
    if (is(ours, "connection") || is(ours, "proxy-connection")) continue;
    for (; theirs != tame.fields.end() && *theirs != ours; ++theirs) {
      // Only these are taken out, where the body was decoded.
      coded = coded || is(*theirs, "content-encoding");
      require(is(*theirs, "content-encoding") || is(*theirs, "content-length"), "no such field:", theirs->first);
    }
    require(theirs != tame.fields.end(), "a field that Beast doesn't see:", ours.first);
    ++theirs;
  }
  for (; theirs != tame.fields.end(); ++theirs) {
    coded = coded || is(*theirs, "content-encoding");
    require(is(*theirs, "content-encoding") || is(*theirs, "content-length"), "no such field:", theirs->first);
  }
  // The content of a 205 is dropped.
  require(coded || got.status == 205 || got.body == tame.body, "another body than Beast's");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned options = data[0];
  const std::string_view wire(reinterpret_cast<const char*>(data) + 2, size - 2);

  headers asked;
  if ((options & 4U) != 0) asked.add("Accept-Encoding", "zstd, br;q=0, *");
  const test::reading how{.method = (options & 1U) != 0 ? "HEAD" : "GET",
                          .max_head_bytes = 64U << 10,
                          .max_body_bytes = 1U << 16,
                          .request_fields = &asked,
                          .then_closes = (options & 2U) == 0};
  const test::answer whole = test::read_whole(wire, how);
  check_alone(whole, wire, how);
  std::string differs = ::difference(whole, test::read_at_random(wire, data[1], how));
  require(differs.empty(), "split at random it gives another", differs);
  if (wire.size() < 4096) {
    differs = ::difference(whole, test::read_bytewise(wire, how));
    require(differs.empty(), "byte by byte it gives another", differs);
  }
  check_against_beast(whole, wire, how);
  return 0;
}
