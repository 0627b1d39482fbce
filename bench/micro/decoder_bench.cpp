// What taking a stream apart costs. Read the bytes_per_second column; the bytes come in pieces of 16 KiB, as from a
// socket.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "codec/ndjson_decoder.hpp"
#include "codec/sse_decoder.hpp"

namespace enlace {
namespace {

constexpr std::size_t limit = 256 * 1024;
constexpr std::size_t piece_size = 16 * 1024;
constexpr std::size_t body_size = 1024 * 1024;

std::string repeated(const std::string& element) {
  std::string body;
  while (body.size() < body_size) body += element;
  return body;
}

/// An event of that many bytes in all, with the words of a model in it.
std::string event_of(std::size_t size, std::string_view word) {
  std::string event = "data: ";
  while (event.size() + word.size() + 2 <= size) event += word;
  event.resize(size - 2, '.');
  return event + "\n\n";
}

template <class Decoder>
void decode(benchmark::State& state, const std::string& body) {
  Decoder decoder(limit);
  std::size_t events = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < body.size(); at += piece_size) {
      std::string_view bytes = std::string_view(body).substr(at, piece_size);
      while (decoder.next(bytes) == decoded::event) {
        benchmark::DoNotOptimize(decoder.event().data.data());
        ++events;
      }
    }
    decoder.reset();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(body.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

/// The argument: bytes of an event.
void sse_ascii(benchmark::State& state) {
  decode<sse_decoder>(state, repeated(event_of(static_cast<std::size_t>(state.range(0)), "token ")));
}
BENCHMARK(sse_ascii)->ArgName("bytes")->Arg(40)->Arg(100)->Arg(1000)->Arg(10'000);

void sse_spanish(benchmark::State& state) {
  decode<sse_decoder>(state, repeated(event_of(static_cast<std::size_t>(state.range(0)), "canci\xC3\xB3n ")));
}
BENCHMARK(sse_spanish)->ArgName("bytes")->Arg(40)->Arg(100)->Arg(1000);

/// With a type and an id, as the events of some interfaces have.
void sse_named(benchmark::State& state) {
  const std::string names = "event: response.output_text.delta\nid: 41f0\n";
  decode<sse_decoder>(state,
                      repeated(names + event_of(static_cast<std::size_t>(state.range(0)) - names.size(), "token ")));
}
BENCHMARK(sse_named)->ArgName("bytes")->Arg(100)->Arg(1000);

/// Data of ten lines, which are put together.
void sse_lines(benchmark::State& state) {
  std::string event;
  for (int i = 0; i < 10; ++i)
    event += "data: " + std::string(static_cast<std::size_t>(state.range(0)) / 10 - 7, 'x') + '\n';
  decode<sse_decoder>(state, repeated(event + '\n'));
}
BENCHMARK(sse_lines)->ArgName("bytes")->Arg(1000);

/// The argument: bytes of a line.
void ndjson(benchmark::State& state) {
  decode<ndjson_decoder>(state, repeated(std::string(static_cast<std::size_t>(state.range(0)) - 1, 'x') + '\n'));
}
BENCHMARK(ndjson)->ArgName("bytes")->Arg(40)->Arg(100)->Arg(1000);

}  // namespace
}  // namespace enlace
