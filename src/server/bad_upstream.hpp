#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/server.hpp>

#include "server/hit_counts.hpp"

namespace enlace {

/// A service that behaves badly on demand, to try a client against: what `enlace serve` serves, and tests and the demo
/// run in their own process. Any method does. Numbers are bounded; a bad one is a 422 that names the field and the fix.
/// Anywhere but at `/count`, `key=K` counts a hit under K, whatever happens after. Times are in milliseconds.
///
/// - `/echo`: `{method, path, query, headers, body}` as JSON; names of headers in lower case; a repeated query name
///   is a list; a body that is neither JSON nor UTF-8 is `{"base64": ...}`
/// - `/status/{code}?retry_after=&location=`: that status, 200 to 599; a standard error from 400 on
/// - `/delay/{ms}`: answers after that time
/// - `/flaky?fail=N&status=503&retry_after=&key=K`: the first N hits (default 1) of the key fail; without a key, path
///   and query are the key
/// - `/drip?bytes=&interval_ms=`: text, a byte each interval; with interval 0 as fast as it is taken
/// - `/hang`: no answer
/// - `/reset`: breaks the connection with RST
/// - `/truncate?framing=length|chunked`: half of a body, then the end of the connection
/// - `/garbage`: bytes that are not HTTP
/// - `/bomb?mib=`: gzip of that many MiB of zeros (default 4,096) in a thousandth of the size
/// - `/sse?events=&interval_ms=&break_after=N&retry_ms=&comments=N`: events `{"n": 1}`... with ids, from the one after
///   `Last-Event-ID`; N comments before each, an interval apart; `retry_ms` as the first field. `break_after` breaks
///   the connection after so many events of this answer, unless those were all
/// - `/ndjson?events=&interval_ms=&break_after=N&newline=0|1`: the same, a line each; without ids, and with newline 0
///   the last line has no end
/// - `/tokens?tokens=&interval_ms=&break_after=N&format=openai|responses|ollama|ollama-chat`: a chat completion as
///   OpenAI streams it, with usage, ended by `[DONE]`; as OpenAI's Responses; as Ollama's generate and chat.
///   `break_after` breaks the connection after so many tokens, before the end also when those were all
/// - `/stall?events=N`: N server-sent events (default 3), then nothing more
/// - `/error-event?events=N&format=sse|ndjson`: N events (default 3), then `{"error": {message, code, type}}`, the end
/// - `/long-line?bytes=&format=sse|ndjson`: one event whose line has that many bytes (default 1 MiB) without its end
/// - `/bad-utf8`: a server-sent event that is not UTF-8
/// - `/page`: an HTML page with status 200
/// - `/upload`: `{bytes}`, how long the request's body was
/// - `/health?status=`: a health document with that status
/// - `/count?key=K`: `{key, count}`, how often K was hit
/// - `/endless-head`: header fields without end
/// - `/two-lengths`: two Content-Length fields that differ
/// - `/bad-chunk`: a chunk whose size is no number
///
/// Thread-safe: one may serve several servers on several loops, and be asked for its counts from anywhere.
class bad_upstream {
 public:
  /// What to give to an `http_server`; it shares `upstream`.
  [[nodiscard]] static http_server::handler handler(std::shared_ptr<bad_upstream> upstream);

  boost::asio::awaitable<void> answer(const server_request& request, responder& out);

  /// How often the key was hit.
  [[nodiscard]] std::uint64_t count(std::string_view key) const { return hits_.of(key); }

 private:
  hit_counts hits_;
};

}  // namespace enlace
