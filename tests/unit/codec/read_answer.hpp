#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/exchange.hpp>
#include <enlace/random.hpp>

#include "codec/response_reader.hpp"

namespace enlace::test {

/// What the answer is an answer to, and how it is held in bounds.
struct reading {
  std::string_view method = "GET";
  std::uint32_t max_head_bytes = 64U << 10;
  std::uint64_t max_body_bytes = 32ULL << 20;
  /// The request's own fields; null: none.
  const headers* request_fields = nullptr;
  /// Whether the peer closes the connection after the last byte.
  bool then_closes = true;
};

/// Everything that a caller of the reader can see.
struct answer {
  response_reader::progress progress = response_reader::progress::need_more;
  wire_failure failure = wire_failure::none;
  std::string detail;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::size_t consumed = 0;
  /// The reader says so and nothing is left over.
  bool reusable = false;

  [[nodiscard]] bool done() const noexcept { return progress == response_reader::progress::done; }
  [[nodiscard]] std::string field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (equals_ignoring_case(key, name)) return value;
    }
    return "(none)";
  }
};

/// Feeds `bytes` in pieces whose sizes `next_size` gives (0 counts as all that is left).
template <class NextSize>
answer read_in_pieces(response_reader& reader, std::string_view bytes, const reading& how, NextSize&& next_size) {
  incoming in;
  const headers none;
  outgoing request;
  request.method = how.method;
  request.fields = how.request_fields != nullptr ? how.request_fields : &none;
  request.max_head_bytes = how.max_head_bytes;
  request.max_body_bytes = how.max_body_bytes;
  reader.start(in, request);

  answer out;
  while (out.progress == response_reader::progress::need_more && out.consumed < bytes.size()) {
    std::size_t size = next_size();
    if (size == 0 || size > bytes.size() - out.consumed) size = bytes.size() - out.consumed;
    // A copy of its own, so that a sanitizer sees a read beyond the piece, and a view kept into an older one.
    const std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(out.consumed),
                                  bytes.begin() + static_cast<std::ptrdiff_t>(out.consumed + size));
    std::size_t consumed = 0;
    out.progress = reader.feed({piece.data(), piece.size()}, consumed);
    out.consumed += consumed;
    if (out.progress == response_reader::progress::need_more && consumed != size) {
      out.detail = "the reader left bytes while it asked for more";
      out.progress = response_reader::progress::failed;
      return out;
    }
  }
  if (out.progress == response_reader::progress::need_more && how.then_closes) out.progress = reader.finish();
  out.failure = in.failure;
  out.detail = in.detail;
  out.status = in.status;
  for (const headers::field at : in.headers) out.fields.emplace_back(at.name, at.value);
  out.body = in.body;
  out.reusable = out.done() && reader.reusable() && out.consumed == bytes.size();
  return out;
}

inline answer read_whole(std::string_view bytes, const reading& how = {}) {
  response_reader reader;
  return read_in_pieces(reader, bytes, how, [] { return std::size_t{0}; });
}

inline answer read_bytewise(std::string_view bytes, const reading& how = {}) {
  response_reader reader;
  return read_in_pieces(reader, bytes, how, [] { return std::size_t{1}; });
}

inline answer read_at_random(std::string_view bytes, std::uint64_t seed, const reading& how = {}) {
  response_reader reader;
  random_source random(seed);
  // Mostly short pieces, now and then a long one.
  return read_in_pieces(reader, bytes, how, [&] { return 1 + random.below(random.below(4) == 0 ? 4096 : 12); });
}

/// The first thing in which two readings of the same bytes differ; empty when they don't.
inline std::string difference(const answer& a, const answer& b) {
  if (a.progress != b.progress) return "progress";
  if (a.failure != b.failure) return "failure: " + a.detail + " / " + b.detail;
  if (a.status != b.status) return "status";
  // A failure may be seen before or after the fields behind it were read.
  if (a.failure == wire_failure::none && a.fields != b.fields) return "fields";
  if (a.body != b.body) return "body";
  if (a.done() && a.consumed != b.consumed) return "consumed";
  if (a.reusable != b.reusable) return "reusable";
  return {};
}

}  // namespace enlace::test
