#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "integration/malformed_delivery.hpp"

namespace enlace::test {

/// What may come of a reply.
enum class promise : std::uint8_t {
  reads,           ///< this status and this body
  fails,           ///< no answer
  reads_or_fails,  ///< this status and this body, or no answer
  anything,        ///< whatever the strict reader makes of the same bytes
};

/// A reply of HTTP/1.1, damaged or not.
struct made_reply {
  /// What was done to it, for the messages.
  std::string what;
  std::string method = "GET";
  std::string wire;
  ending end = ending::stays;
  promise gives = promise::reads;
  int status = 0;
  std::string body;
  /// Whether the connection must serve the next request too. If not it must not, unless the promise is `anything`.
  bool clean = false;
};

/// What a second reply in the wire of `make_reply` has as its body. Nobody asked for it.
inline constexpr const char* smuggled_body = "smuggled";

/// The reply of this seed, always the same.
[[nodiscard]] made_reply make_reply(std::uint64_t seed);

}  // namespace enlace::test
