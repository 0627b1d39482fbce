// What telemetry costs the calls: so many of a hundred are sampled, and their spans go to a collector.
// Usage: bench_telemetry PORT COLLECTOR SAMPLED IN_FLIGHT SECONDS [gzip]
//   PORT        of the server of scripts/bench
//   COLLECTOR   where OTLP goes, "http://127.0.0.1:4318"; "-": nowhere, and only metrics are counted
//   SAMPLED     of a hundred calls; the others have a `traceparent`, too, that is not sampled
// Prints CPU a call of the whole process and of the calling thread alone, latencies, and what became of the spans.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <enlace/otlp.hpp>

#include "call/workload.hpp"
#include "support/measure.hpp"

namespace {

using namespace enlace;
using namespace enlace::bench;
namespace asio = boost::asio;
using std::chrono::duration_cast;

struct setting {
  std::string port;
  std::string collector;
  unsigned sampled = 0;
  std::size_t in_flight = 0;
  seconds_d time{};
  bool gzip = false;
};

/// Requests of a trace each.
class traced_requests {
 public:
  explicit traced_requests(const setting& how)
      : url_("http://127.0.0.1:" + how.port + "/text"), sampled_(how.sampled) {}

  request next() {
    ++made_;
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    const bool sampled = made_ % 100 < sampled_;
    if (sampled) ++made_sampled_;
    char text[56];
    std::snprintf(text, sizeof text, "00-%016llx%016llx-%016llx-%s", random_ | 1U, ~random_, random_ | 1U,
                  sampled ? "01" : "00");
    return plain_request(url_).context(context().traceparent(text));
  }
  [[nodiscard]] std::size_t sampled() const noexcept { return made_sampled_; }

 private:
  const std::string url_;
  const unsigned sampled_;
  std::size_t made_ = 0;
  std::size_t made_sampled_ = 0;
  unsigned long long random_ = 4711;
};

std::unique_ptr<otlp_export> export_to(const setting& how, const client& of) {
  if (how.collector == "-") return nullptr;
  otlp_options options;
  options.endpoint = how.collector;
  options.service_name = "bench";
  options.interval = std::chrono::seconds(1);
  options.gzip = how.gzip;
  return std::make_unique<otlp_export>(of, options);
}

otlp_counts counts_of(const std::unique_ptr<otlp_export>& exported) {
  return exported != nullptr ? exported->counts() : otlp_counts();
}

int measure(const setting& how) {
  // Beside another thread shared pointers and malloc cost more; every service has some, and so does the measure of
  // none.
  std::thread([] { pause(); }).detach();
  asio::io_context loop(1);
  client with(loop.get_executor(), configuration());
  const std::unique_ptr<otlp_export> exported = export_to(how, with);
  traced_requests requests(how);
  workload calls(with, [&] { return requests.next(); });
  calls.start(loop, how.in_flight);
  loop.run_for(duration_cast<duration>(how.time / 2));
  std::vector<float> latencies;
  calls.collect(latencies);
  const std::size_t calls_before = calls.calls();
  const std::size_t sampled_before = requests.sampled();
  const otlp_counts spans_before = counts_of(exported);
  const double thread_before = cpu_seconds(RUSAGE_THREAD);
  const stretch measured;
  loop.run_for(duration_cast<duration>(how.time));
  const std::size_t made = calls.calls() - calls_before;
  const double thread = cpu_seconds(RUSAGE_THREAD) - thread_before;
  measured.end(made);
  const otlp_counts spans = counts_of(exported);
  std::printf(" thread_us=%.4f", thread * 1e6 / static_cast<double>(made));
  print_latency(latencies);
  std::printf(" sampled=%zu exported=%llu dropped=%llu failed=%llu\n", requests.sampled() - sampled_before,
              static_cast<unsigned long long>(spans.exported - spans_before.exported),
              static_cast<unsigned long long>(spans.dropped - spans_before.dropped),
              static_cast<unsigned long long>(spans.failed - spans_before.failed));
  std::fflush(stdout);
  // A collector that hangs would keep us for two seconds.
  _exit(0);
}

}  // namespace

int main(int count, char** args) {
  if (count != 6 && count != 7) {
    std::fprintf(stderr, "usage: bench_telemetry PORT COLLECTOR SAMPLED IN_FLIGHT SECONDS [gzip]\n");
    return 2;
  }
  setting how{args[1], args[2], 0, 0, seconds_d(std::strtod(args[5], nullptr)), count == 7};
  how.sampled = static_cast<unsigned>(std::strtoul(args[3], nullptr, 10));
  how.in_flight = std::strtoul(args[4], nullptr, 10);
  return measure(how);
}
