#include <enlace/otlp.hpp>

#include "client/core_metrics.hpp"
#include "client/otlp_exporter.hpp"

namespace enlace {

std::optional<otlp_options> configured_collector(const options& configuration) {
  const settings& values = configuration.values();
  if (values.telemetry.otlp_endpoint.empty()) return std::nullopt;
  otlp_options how;
  how.endpoint = values.telemetry.otlp_endpoint;
  how.service_name = values.client.name;
  how.service_version = values.client.version;
  how.gzip = values.telemetry.otlp_gzip;
  how.interval = values.telemetry.otlp_interval;
  for (const std::string& line : values.telemetry.otlp_headers) {
    const std::size_t colon = line.find(':');
    const std::size_t start = line.find_first_not_of(" \t", colon + 1);
    how.headers.emplace_back(line.substr(0, colon), start == std::string::npos ? std::string() : line.substr(start));
  }
  how.tls = values.tls;
  return how;
}

otlp_export::otlp_export(std::shared_ptr<client_core> core, otlp_options how)
    : core_(std::move(core)), exporter_(std::make_shared<otlp_exporter>(std::move(how), [kept = core_] {
        return metrics_of(*kept, std::chrono::steady_clock::now());
      })) {
  core_->exports(exporter_);
  core_->told().listen(exporter_, telemetry::interest::sampled);
}

otlp_export::~otlp_export() {
  core_->told().forget(*exporter_);
  exporter_->shutdown();
}

otlp_counts otlp_export::counts() const noexcept { return exporter_->counts(); }

}  // namespace enlace
