// libcurl's multi interface, bare. Usage: bench_curl URL IN_FLIGHT SECONDS
#include <curl/curl.h>

#include <cstdlib>
#include <string>

#include "support/measure.hpp"

namespace {

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

}  // namespace

int main(int count, char** args) {
  if (count != 4) return 2;
  using namespace enlace::bench;
  const double seconds = std::strtod(args[3], nullptr);
  curl_global_init(CURL_GLOBAL_ALL);
  CURLM* all = curl_multi_init();
  curl_slist* fields = curl_slist_append(nullptr, "Content-Type: application/json");
  const std::string body(120, 'x');
  std::vector<std::string> answers(std::strtoul(args[2], nullptr, 10));
  for (std::string& answer : answers) {
    CURL* one = curl_easy_init();
    curl_easy_setopt(one, CURLOPT_URL, args[1]);
    curl_easy_setopt(one, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(one, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(one, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(one, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(one, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(one, CURLOPT_PRIVATE, &answer);
    curl_multi_add_handle(all, one);
  }
  const stretch measured;
  std::size_t calls = 0;
  while (measured.elapsed() < seconds) {
    int running = 0;
    int left = 0;
    curl_multi_perform(all, &running);
    while (CURLMsg* done = curl_multi_info_read(all, &left)) {
      if (done->data.result != CURLE_OK) return 1;
      CURL* one = done->easy_handle;
      std::string* answer = nullptr;
      curl_easy_getinfo(one, CURLINFO_PRIVATE, &answer);
      answer->clear();
      ++calls;
      curl_multi_remove_handle(all, one);
      curl_multi_add_handle(all, one);
    }
    curl_multi_poll(all, nullptr, 0, 1, nullptr);
  }
  measured.end(calls);
  std::printf("\n");
}
