#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <enlace/admin.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/otlp.hpp>

#include "client/core.hpp"
#include "client/process_client.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

const std::string no_url;

admin_options options_of(const settings& values) {
  admin_options how;
  how.address = values.admin.address;
  how.port = static_cast<std::uint16_t>(values.admin.port);
  how.token = values.admin.token;
  how.allow_changes = values.admin.allow_changes;
  how.slow_after = values.admin.slow_after;
  how.name = values.client.name;
  if (!values.client.version.empty()) how.version = values.client.version;
  return how;
}

}  // namespace

/// The admin endpoint on a loop that calls don't wait for.
class configured_telemetry::admin_thread {
 public:
  admin_thread(const std::shared_ptr<client_core>& core, admin_options how)
      : of_(loop_.get_executor(), core),
        endpoint_(loop_.get_executor(), of_, std::move(how)),
        thread_([this] { loop_.run(); }) {}
  admin_thread(const admin_thread&) = delete;
  admin_thread& operator=(const admin_thread&) = delete;
  ~admin_thread() {
    asio::post(loop_, [this] { endpoint_.stop(); });
    thread_.join();
  }

  [[nodiscard]] const std::string& url() const noexcept { return endpoint_.url(); }

 private:
  asio::io_context loop_{1};
  client of_;
  admin_endpoint endpoint_;
  std::thread thread_;
};

configured_telemetry::configured_telemetry() : configured_telemetry(process_core()) {}

configured_telemetry::configured_telemetry(std::shared_ptr<client_core> core) {
  const std::shared_ptr<const options> configuration = core->configuration();
  const settings& values = configuration->values();
  if (values.admin.port != 0) admin_ = std::make_unique<admin_thread>(core, options_of(values));
  if (std::optional<otlp_options> how = configured_collector(*configuration)) {
    exported_ = std::make_unique<otlp_export>(std::move(core), *std::move(how));
  }
}

configured_telemetry::~configured_telemetry() = default;

const std::string& configured_telemetry::admin_url() const noexcept {
  return admin_ != nullptr ? admin_->url() : no_url;
}

}  // namespace enlace
