#include "integration/malformed_reply.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "integration/malformed_parts.hpp"

namespace enlace::test {
namespace {

/// Damages the parts, and says in `made` what may come of it. False: it can't be done to such a reply.
using damage = bool (*)(dice&, reply_parts&, made_reply&);

void add_field(dice& random, reply_parts& parts, std::string line) {
  const std::size_t at = random.below(parts.fields.size() + 1);
  parts.fields.insert(parts.fields.begin() + static_cast<std::ptrdiff_t>(at), std::move(line));
}

/// The field of that name; null where there is none.
std::string* find_field(reply_parts& parts, std::string_view name) {
  for (std::string& line : parts.fields) {
    if (equals_ignoring_case(std::string_view(line).substr(0, line.find(':')), name)) return &line;
  }
  return nullptr;
}

bool status_line(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 16> lines{
      "HTTP/2.0 200 OK",  "HTTP/1.2 200 OK",  "http/1.1 200 OK",  "HTTP/1.1  200 OK", "ICY 200 OK",
      "HTTP/1.1 20 OK",   "HTTP/1.1 2000 OK", "HTTP/1.1 -20 OK",  "HTTP/1.1 099 OK",  "HTTP/1.1 2x0 OK",
      "HTTP/1.1\t200 OK", "HTTP/1.1200 OK",   " HTTP/1.1 200 OK", "HTTP/1.1",         "{}",
      "HTTP/1.1 200OK"};
  parts.status_line = random.pick(lines);
  made.gives = promise::fails;
  return true;
}

bool switched_protocols(dice&, reply_parts& parts, made_reply& made) {
  parts.status_line = "HTTP/1.1 101 Switching Protocols";
  made.gives = promise::fails;
  return true;
}

bool length_that_is_none(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 12> values{
      "5, 6", "+5",  "-1", "0x5", "5 5", "", "five", "18446744073709551617", "99999999999999999999999",
      "1e2",  "5;a", "5,"};
  std::string* line = find_field(parts, "Content-Length");
  if (line == nullptr) return false;
  *line = "Content-Length: " + random.pick(values);
  made.gives = promise::fails;
  return true;
}

bool another_length(dice& random, reply_parts& parts, made_reply& made) {
  if (find_field(parts, "Content-Length") == nullptr && find_field(parts, "Transfer-Encoding") == nullptr) return false;
  add_field(random, parts, "content-length: 4711");
  made.gives = promise::fails;
  return true;
}

bool same_length_twice(dice& random, reply_parts& parts, made_reply& made) {
  const std::string* line = find_field(parts, "Content-Length");
  if (line == nullptr) return false;
  add_field(random, parts, std::string(*line));
  made.gives = promise::reads_or_fails;
  return true;
}

bool length_and_chunks(dice& random, reply_parts& parts, made_reply& made) {
  if (find_field(parts, "Content-Length") == nullptr) return false;
  add_field(random, parts, "Transfer-Encoding: chunked");
  made.gives = promise::fails;
  return true;
}

bool odd_transfer_encoding(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 9> values{"gzip, chunked",
                                                          "chunked, chunked",
                                                          "xchunked",
                                                          "identity",
                                                          "chunked, gzip",
                                                          "\"chunked\"",
                                                          "chunked;q=1",
                                                          "\x0B"
                                                          "chunked",
                                                          ""};
  if (std::string* line = find_field(parts, "Transfer-Encoding")) {
    *line = "Transfer-Encoding: " + random.pick(values);
  } else {
    add_field(random, parts, "Transfer-Encoding: " + random.pick(values));
  }
  made.gives = promise::fails;
  return true;
}

bool chunks_twice(dice& random, reply_parts& parts, made_reply& made) {
  const std::string* line = find_field(parts, "Transfer-Encoding");
  if (line == nullptr) return false;
  add_field(random, parts, std::string(*line));
  made.gives = promise::fails;
  return true;
}

bool folded_line(dice& random, reply_parts& parts, made_reply& made) {
  add_field(random, parts, "X-Folded: a\r\n" + std::string(random.one_in(2) ? " " : "\t") + "Content-Length: 4711");
  made.gives = promise::reads_or_fails;
  return true;
}

bool bad_field(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 7> lines{"no colon",    ": no name", "sp ace: x", "before : colon",
                                                         "\xC3\xA9: x", "(a): x",    "\x01: x"};
  add_field(random, parts, random.pick(lines));
  made.gives = promise::reads_or_fails;
  return true;
}

bool control_in_field(dice& random, reply_parts& parts, made_reply& made) {
  std::string line = "X-Control: a_b";
  static constexpr std::string_view controls("\0\x01\x08\x0B\x1F\x7F\r", 7);
  line[12] = controls[random.below(controls.size())];
  add_field(random, parts, std::move(line));
  made.gives = promise::fails;
  return true;
}

bool bare_line_feed(dice& random, reply_parts& parts, made_reply& made) {
  add_field(random, parts, random.one_in(2) ? "A: b\nContent-Length: 4711" : "A: b\n\nsmuggled");
  made.gives = promise::fails;
  return true;
}

bool head_too_long(dice& random, reply_parts& parts, made_reply& made) {
  if (random.one_in(2)) {
    add_field(random, parts, "X-Long: " + std::string(lockstep::max_head, 'x'));
  } else {
    for (std::size_t i = 0; i < lockstep::max_head / 20; ++i) parts.interim.emplace_back("HTTP/1.1 100 Wait\r\n\r\n");
  }
  made.gives = promise::fails;
  return true;
}

bool interim_with_body(dice&, reply_parts& parts, made_reply& made) {
  // Whoever takes the length for one reads the answer as its body.
  parts.interim.emplace_back("HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\n");
  made.gives = promise::reads_or_fails;
  return true;
}

bool chunk_size(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 12> sizes{
      "g", "-1", "0x5", "", " 5", "5 ", "+5", "ffffffffffffffff", "11111111111111111", "5\t", ";a", "5,5"};
  if (parts.chunks.empty()) return false;
  std::string& chunk = parts.chunks[random.below(parts.chunks.size())];
  chunk.replace(0, chunk.find_first_of(";\r"), random.pick(sizes));
  made.gives = promise::fails;
  return true;
}

bool chunk_end(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 5> ends{"", "\n", "\r", "x\r\n", "\r\r\n"};
  if (parts.chunks.size() < 2) return false;
  std::string& chunk = parts.chunks[random.below(parts.chunks.size() - 1)];
  chunk.replace(chunk.size() - 2, 2, random.pick(ends));
  // With what comes next it may be well-formed again, in another way.
  made.gives = promise::anything;
  return true;
}

bool chunk_extension(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 5> extensions{";a=\"\n\"", ";\x01", ";a\r", ";a=\"b", ";a\n"};
  if (parts.chunks.empty()) return false;
  std::string& chunk = parts.chunks[random.below(parts.chunks.size())];
  chunk.insert(chunk.find_first_of(";\r"), random.pick(extensions));
  made.gives = promise::anything;
  return true;
}

bool bad_trailer(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 4> trailers{"no colon\r\n", "A: b\r\n c\r\n", "A\x01: b\r\n",
                                                            "A : b\r\n"};
  if (parts.chunks.empty()) return false;
  parts.chunks.back().insert(parts.chunks.back().size() - 2, random.pick(trailers));
  made.gives = promise::reads_or_fails;
  return true;
}

bool no_last_chunk(dice&, reply_parts& parts, made_reply& made) {
  if (parts.chunks.empty()) return false;
  parts.chunks.pop_back();
  made.gives = promise::fails;
  made.end = ending::closes;
  return true;
}

bool coding_not_asked_for(dice& random, reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 3> codings{"zstd", "compress", "gzip, exi"};
  if (parts.frame == framing::none || parts.coded) return false;
  add_field(random, parts, "Content-Encoding: " + random.pick(codings));
  made.gives = promise::fails;
  return true;
}

bool coded_body(dice& random, reply_parts& parts, made_reply& made) {
  if (!parts.coded || parts.frame == framing::none || parts.sent_body.empty()) return false;
  if (random.one_in(2)) {
    parts.sent_body.resize(random.below(parts.sent_body.size() - 1) + 1);
    if (std::string* length = find_field(parts, "Content-Length")) {
      *length = "Content-Length: " + std::to_string(parts.sent_body.size());
    }
    made.gives = promise::fails;
  } else {
    char& byte = parts.sent_body[random.below(parts.sent_body.size())];
    byte = static_cast<char>(byte ^ (1 << random.below(8)));
    made.gives = promise::anything;  // some bytes of gzip's head say nothing
  }
  return true;
}

using wire_damage = bool (*)(dice&, const reply_parts&, made_reply&);

bool cut_off(dice& random, const reply_parts& parts, made_reply& made) {
  const std::size_t head = parts.head().size();
  const bool has_body = made.wire.size() > head;
  made.wire.resize(random.below(has_body && random.one_in(2) ? made.wire.size() : head));
  made.end = random.one_in(3) ? ending::resets : random.one_in(10) ? ending::stays : ending::closes;
  const bool may_read = parts.frame == framing::until_end && made.wire.size() >= head && made.end == ending::closes;
  made.gives = may_read ? promise::anything : promise::fails;
  return true;
}

bool broken_end(dice& random, const reply_parts& parts, made_reply& made) {
  if (parts.frame != framing::until_end) return false;
  // Its end is all that says that such a body is whole.
  if (random.one_in(2)) made.wire.resize(parts.head().size());
  made.end = ending::resets;
  made.gives = promise::fails;
  return true;
}

bool more_than_the_answer(dice& random, const reply_parts& parts, made_reply& made) {
  static constexpr std::array<std::string_view, 6> more{
      "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled",
      "\r\n",
      "x",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nsmuggled\r\n0\r\n\r\n",
      "0\r\n\r\n"};
  if (parts.frame == framing::until_end) return false;
  made.wire += random.pick(more);
  return true;
}

bool body_where_none_is(dice&, const reply_parts& parts, made_reply& made) {
  if (parts.frame != framing::none) return false;
  made.wire += smuggled_body;
  return true;
}

bool changed_bytes(dice& random, const reply_parts&, made_reply& made) {
  for (std::size_t count = 1 + random.below(2); count > 0 && !made.wire.empty(); --count) {
    const std::size_t at = random.below(made.wire.size());
    switch (random.below(4)) {
      case 0:
        made.wire[at] = static_cast<char>(made.wire[at] ^ (1 << random.below(8)));
        break;
      case 1:
        made.wire.insert(at, random.one_in(2) ? random.bytes(1) : random.text(1, "\r\n :;,0"));
        break;
      case 2:
        made.wire.erase(at, 1 + random.below(3));
        break;
      default:
        made.wire.insert(at, made.wire.substr(at, 1 + random.below(20)));
        break;
    }
  }
  made.gives = promise::anything;
  if (random.one_in(2)) made.end = ending::closes;
  return true;
}

struct named_damage {
  const char* name;
  damage on_parts;
  wire_damage on_wire;
};

constexpr named_damage damages[] = {
    {"status line", status_line, nullptr},
    {"switched protocols", switched_protocols, nullptr},
    {"a length that is none", length_that_is_none, nullptr},
    {"another length", another_length, nullptr},
    {"same length twice", same_length_twice, nullptr},
    {"length and chunks", length_and_chunks, nullptr},
    {"transfer encoding", odd_transfer_encoding, nullptr},
    {"chunks twice", chunks_twice, nullptr},
    {"folded line", folded_line, nullptr},
    {"bad field", bad_field, nullptr},
    {"control in a field", control_in_field, nullptr},
    {"bare line feed", bare_line_feed, nullptr},
    {"head too long", head_too_long, nullptr},
    {"interim with a body", interim_with_body, nullptr},
    {"chunk size", chunk_size, nullptr},
    {"chunk end", chunk_end, nullptr},
    {"chunk extension", chunk_extension, nullptr},
    {"bad trailer", bad_trailer, nullptr},
    {"no last chunk", no_last_chunk, nullptr},
    {"coding not asked for", coding_not_asked_for, nullptr},
    {"coded body", coded_body, nullptr},
    {"cut off", nullptr, cut_off},
    {"cut off", nullptr, cut_off},
    {"broken end", nullptr, broken_end},
    {"broken end", nullptr, broken_end},
    {"more than the answer", nullptr, more_than_the_answer},
    {"more than the answer", nullptr, more_than_the_answer},
    {"body where none is", nullptr, body_where_none_is},
    {"changed bytes", nullptr, changed_bytes},
    {"changed bytes", nullptr, changed_bytes},
    {"changed bytes", nullptr, changed_bytes},
};

}  // namespace

made_reply make_reply(std::uint64_t seed) {
  dice random(seed);
  reply_parts parts = make_parts(random);
  made_reply made;
  made.method = parts.method;
  made.status = parts.status;
  made.body = parts.body;
  made.end = parts.frame == framing::until_end || random.one_in(4) ? ending::closes : ending::stays;
  if (random.one_in(4)) {
    made.what = "sound";
    made.wire = parts.wire();
    made.clean = parts.persistent && made.end == ending::stays;
    return made;
  }
  while (true) {
    const named_damage& chosen = damages[random.below(std::size(damages))];
    made.what = chosen.name;
    if (chosen.on_parts != nullptr) {
      if (!chosen.on_parts(random, parts, made)) continue;
      made.wire = parts.wire();
      return made;
    }
    made.wire = parts.wire();
    if (chosen.on_wire(random, parts, made)) return made;
  }
}

}  // namespace enlace::test
