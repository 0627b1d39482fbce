#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <enlace/request.hpp>
#include <enlace/testing/world.hpp>

namespace enlace::simulation {

/// What a part of a stream is for whoever reads it.
enum class part_kind : std::uint8_t {
  event,
  quiet,     ///< a comment, a wait to keep: nothing to give
  done,      ///< [DONE]: the end, whatever follows
  fault,     ///< the service reports an error
  too_long,  ///< an event over what is kept of one
  not_utf8,  ///< a line of JSON that is none
};

struct stream_part {
  part_kind kind = part_kind::event;
  /// The bytes of the body after which it counts.
  std::size_t end = 0;
  /// Of a line of JSON: where its end begins.
  std::size_t text_end = 0;
  std::string type;
  std::string data;
  std::string id;
  bool heartbeat = false;
  /// `retry:`.
  std::optional<std::chrono::milliseconds> retry;
  /// With it the stream is whole, whatever befalls the connection.
  bool last_word = false;
  /// A last line without its end: an event once the body is over.
  bool unended = false;
};

/// What a service sends to one attempt, and what a reader must make of it.
struct stream_script {
  /// As sent: sse, ndjson, bytes; `automatic` for a plain answer, which is one event or none.
  stream_format format = stream_format::automatic;
  /// Of a plain answer: that it is a success.
  bool usable = true;
  bool until_close = false;
  /// Whether the stream has a last word of its own, without which it is not whole.
  bool wants_last_word = false;
  std::string tenant;
  std::string body;
  std::vector<stream_part> parts;
};

/// Whether a reader has all of the part, once so many bytes came. `over`: no more will come, and the connection ended
/// well, after which a last line without its end is one all the same.
[[nodiscard]] bool has_come(const stream_script& script, const stream_part& part, std::size_t delivered, bool over);

/// The kinds of services, by the target of the request.
inline constexpr const char* stream_targets[] = {"/stream/sse",   "/stream/sse",    "/stream/sse",    "/stream/sse",
                                                 "/stream/plain", "/stream/openai", "/stream/ollama", "/stream/ndjson",
                                                 "/stream/bytes", "/stream/json"};

/// The answer to an attempt at a stream, and its script; nothing where the answer is no stream and no reply. Of one
/// call all attempts get the same events, and one that says a `Last-Event-ID` those after it.
struct sent_stream {
  testing::answer said;
  std::optional<stream_script> script;
};
[[nodiscard]] sent_stream answer_stream(testing::world& in, const testing::received& what);

}  // namespace enlace::simulation
