#include <enlace/otlp.hpp>

#include "client/core.hpp"
#include "client/otlp_exporter.hpp"

namespace enlace {

otlp_export::otlp_export(const client& of, otlp_options how)
    : core_(of.core()), exporter_(std::make_shared<otlp_exporter>(std::move(how), [core = core_] {
        return core->told().metrics().snapshot();
      })) {
  core_->told().listen(exporter_);
}

otlp_export::~otlp_export() {
  core_->told().forget(*exporter_);
  exporter_->shutdown();
}

otlp_counts otlp_export::counts() const noexcept { return exporter_->counts(); }

}  // namespace enlace
