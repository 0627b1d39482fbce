// libcurl's easy interface reading server-sent events, of which only the ends are looked for.
// Usage: bench_curl_stream URL SECONDS
#include <curl/curl.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "support/measure.hpp"

namespace {

using namespace enlace::bench;

struct counting {
  double seconds = 0;
  stretch warm;
  std::optional<stretch> measured;
  std::size_t events = 0;
};

std::size_t count_events(char* bytes, std::size_t size, std::size_t many, void* to) {
  auto& count = *static_cast<counting*>(to);
  if (!count.measured) {
    if (count.warm.elapsed() > count.seconds / 2) count.measured.emplace();
    return size * many;
  }
  const std::string_view text(bytes, size * many);
  for (std::size_t at = text.find("\n\n"); at != std::string_view::npos; at = text.find("\n\n", at + 2)) ++count.events;
  return count.measured->elapsed() < count.seconds ? size * many : 0;
}

}  // namespace

int main(int count, char** args) {
  if (count != 3) return 2;
  counting all;
  all.seconds = std::strtod(args[2], nullptr);
  CURL* one = curl_easy_init();
  curl_easy_setopt(one, CURLOPT_URL, args[1]);
  curl_easy_setopt(one, CURLOPT_WRITEFUNCTION, count_events);
  curl_easy_setopt(one, CURLOPT_WRITEDATA, &all);
  curl_easy_perform(one);
  all.measured->end(all.events);
  std::printf("\n");
}
