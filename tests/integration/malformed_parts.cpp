#include "integration/malformed_parts.hpp"

#include <algorithm>
#include <utility>

#include "unit/codec/compress.hpp"

namespace enlace::test {
namespace {

constexpr std::string_view plain_letters = "abcdefghijklmnopqrstuvwxyz0123456789 {}[]\":,\r\n";

std::string letters_of_any_case(dice& random, std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'a' && c <= 'z' && random.one_in(3)) c = static_cast<char>(c - 'a' + 'A');
  }
  return made;
}

std::string field(dice& random, std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 5> spaces{" ", "", "  ", "\t", " \t "};
  std::string line = letters_of_any_case(random, name);
  line += ':';
  line += random.one_in(4) ? random.pick(spaces) : " ";
  line += value;
  if (random.one_in(6)) line += random.pick(spaces);
  return line;
}

void choose_status(dice& random, reply_parts& made) {
  static constexpr std::array<int, 17> statuses{200, 200, 200, 201, 202, 203, 206, 301, 400,
                                                404, 429, 500, 503, 599, 204, 304, 999};
  static constexpr std::array<std::string_view, 7> reasons{" OK", " ", "", " Not Found", " a\tb", " \xE9t\xE9", " 200"};
  made.status = statuses[random.below(statuses.size())];
  const bool http11 = !random.one_in(8);
  made.status_line = http11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  made.status_line += std::to_string(made.status);
  made.status_line += random.pick(reasons);
  made.persistent = http11;
}

/// What the caller gets, and what is sent for it.
void choose_body(dice& random, reply_parts& made) {
  switch (random.below(8)) {
    case 0:
      break;
    case 1:
      made.body = random.bytes(1 + random.below(60));
      break;
    case 2:
      made.body = random.one_in(6) ? random.text(70'000, plain_letters) : random.text(1200, plain_letters);
      break;
    default:
      made.body = random.text(1 + random.below(80), plain_letters);
      break;
  }
  made.sent_body = made.body;
  if (!random.one_in(4)) return;
  made.coded = true;
  std::string coding = "gzip";
  switch (random.below(5)) {
    case 0:
      coding = "deflate";
      made.sent_body = compress(made.body, random.one_in(2) ? wrapper::zlib : wrapper::raw);
      break;
    case 1:
      coding = "br";
      made.body = brotli_sample_text();
      made.sent_body = brotli_sample();
      break;
    case 2:
      coding = "deflate, gzip";
      made.sent_body = gzip(compress(made.body, wrapper::zlib));
      break;
    default:
      if (random.one_in(3)) coding = "x-gzip";
      made.sent_body = gzip(made.body);
      break;
  }
  made.fields.push_back(field(random, "Content-Encoding", letters_of_any_case(random, coding)));
}

void cut_into_chunks(dice& random, reply_parts& made) {
  static constexpr std::array<std::string_view, 4> extensions{";a", ";a=b", ";a=\"b c\"", ";x=1;y=\"\\\"\""};
  static constexpr std::array<std::string_view, 3> trailers{"X-Trailer: 1\r\n", "x:\r\n", "Digest: \xE9\r\n"};
  std::string_view left = made.sent_body;
  const auto line = [&](std::size_t size) {
    std::string digits;
    do {
      digits.insert(0, 1, "0123456789abcdef"[size % 16]);
      size /= 16;
    } while (size != 0);
    if (random.one_in(5)) digits.insert(0, random.below(4), '0');
    return letters_of_any_case(random, digits) + (random.one_in(5) ? random.pick(extensions) : "") + "\r\n";
  };
  while (!left.empty()) {
    const std::size_t size = std::min(left.size(), 1 + random.below(left.size() > 1000 ? 30'000 : 40));
    made.chunks.push_back(line(size).append(left.substr(0, size)).append("\r\n"));
    left.remove_prefix(size);
  }
  made.chunks.push_back(line(0));
  for (std::size_t i = random.one_in(4) ? random.below(3) : 0; i > 0; --i) made.chunks.back() += random.pick(trailers);
  made.chunks.back() += "\r\n";
  made.sent_body.clear();
}

void frame_body(dice& random, reply_parts& made) {
  const bool has_none = made.status == 204 || made.status == 304;
  const std::size_t length = made.sent_body.size();
  if (has_none || made.method == "HEAD") {
    made.frame = framing::none;
    made.body.clear();
    made.sent_body.clear();
    // What a body would be like, but for 204, which has none at all.
    if (made.status != 204 && !random.one_in(3)) {
      made.fields.push_back(random.one_in(3) ? field(random, "Transfer-Encoding", "chunked")
                                             : field(random, "Content-Length", std::to_string(length)));
      if (made.fields.back().find("hunked") != std::string::npos && !made.status_line.starts_with("HTTP/1.1")) {
        made.fields.pop_back();
      }
    }
    return;
  }
  const std::size_t choice = random.below(10);
  if (choice < 4 || (choice < 8 && !made.status_line.starts_with("HTTP/1.1"))) {
    made.fields.push_back(field(random, "Content-Length", std::to_string(length)));
  } else if (choice < 8) {
    made.frame = framing::chunks;
    made.fields.push_back(field(random, "Transfer-Encoding", letters_of_any_case(random, "chunked")));
    cut_into_chunks(random, made);
  } else {
    made.frame = framing::until_end;
    made.persistent = false;
  }
}

void add_fields(dice& random, reply_parts& made) {
  static constexpr std::array<std::string_view, 8> names{
      "Date", "server", "X-Request-ID", "Set-Cookie", "Content-Type", "ETag", "a", "X!#$%&'*+-.^_`|~9"};
  static constexpr std::array<std::string_view, 7> values{
      "",          "x",           "Tue, 14 Nov 2023 22:15:20 GMT", "a, b, \"c,d\"", "text/plain;charset=utf-8",
      "tab\there", "\xC3\xA9\xFF"};
  for (std::size_t i = random.below(5); i > 0; --i) {
    const std::size_t at = random.below(made.fields.size() + 1);
    made.fields.insert(made.fields.begin() + static_cast<std::ptrdiff_t>(at),
                       field(random, random.pick(names), random.pick(values)));
  }
}

void choose_connection(dice& random, reply_parts& made) {
  if (!random.one_in(3)) return;
  if (random.one_in(2)) {
    made.fields.push_back(field(random, "Connection", random.one_in(3) ? "x, Close" : "close"));
    made.persistent = false;
  } else {
    made.fields.push_back(field(random, "Connection", random.one_in(3) ? "Keep-Alive,, x" : "keep-alive"));
    made.persistent = made.frame != framing::until_end;
  }
}

}  // namespace

std::string reply_parts::head() const {
  std::string text;
  for (const std::string& each : interim) text += each;
  text.append(status_line).append("\r\n");
  for (const std::string& line : fields) text.append(line).append("\r\n");
  return text.append("\r\n");
}

std::string reply_parts::wire() const {
  std::string text = head() + sent_body;
  for (const std::string& chunk : chunks) text += chunk;
  return text;
}

reply_parts make_parts(dice& random) {
  static constexpr std::array<std::string_view, 4> interims{
      "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", "HTTP/1.1 102\r\n\r\n",
      "HTTP/1.1 199 what\r\nContent-Length: 0\r\n\r\n"};
  reply_parts made;
  if (random.one_in(8)) made.method = "HEAD";
  for (std::size_t i = random.one_in(4) ? 1 + random.below(2) : 0; i > 0; --i) {
    made.interim.push_back(random.pick(interims));
  }
  choose_status(random, made);
  choose_body(random, made);
  frame_body(random, made);
  choose_connection(random, made);
  add_fields(random, made);
  return made;
}

}  // namespace enlace::test
