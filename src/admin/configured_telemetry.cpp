#include <exception>
#include <future>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <enlace/admin.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/otlp.hpp>
#include <enlace/result.hpp>

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
      : endpoint_(loop_.get_executor(), core, std::move(how)), thread_([this] { loop_.run(); }) {}
  admin_thread(const admin_thread&) = delete;
  admin_thread& operator=(const admin_thread&) = delete;
  ~admin_thread() {
    asio::post(loop_, [this] { endpoint_.stop(); });
    thread_.join();
  }

  [[nodiscard]] const std::string& url() const noexcept { return endpoint_.url(); }
  void depends_on(std::string name, const std::string& target, bool required) {
    std::promise<void> added;
    asio::post(loop_, [&] {
      try {
        endpoint_.health().depends_on(std::move(name), target, required);
        added.set_value();
      } catch (...) {
        added.set_exception(std::current_exception());
      }
    });
    added.get_future().get();
  }

 private:
  asio::io_context loop_{1};
  admin_endpoint endpoint_;
  std::thread thread_;
};

configured_telemetry::configured_telemetry() : configured_telemetry(process_core()) {
  if (std::optional<error> broken = process_configuration_error()) problem_ = std::move(broken);
}

configured_telemetry::configured_telemetry(const std::shared_ptr<client_core>& core) {
  const std::shared_ptr<const options> configuration = core->configuration();
  const settings& values = configuration->values();
  try {
    if (std::optional<otlp_options> how = configured_collector(*configuration)) {
      exported_ = std::make_unique<otlp_export>(core, *std::move(how));
    }
  } catch (const failure& wrong) {
    problem_ = wrong.error();
    problem_->message.insert(0, "[telemetry]: ");
  }
  try {
    if (values.admin.port != 0) admin_ = std::make_unique<admin_thread>(core, options_of(values));
  } catch (const failure& wrong) {
    problem_ = wrong.error();
    problem_->message.insert(0, "[admin] port: ");
  }
}

configured_telemetry::~configured_telemetry() = default;

const std::string& configured_telemetry::admin_url() const noexcept {
  return admin_ != nullptr ? admin_->url() : no_url;
}

otlp_counts configured_telemetry::exported() const noexcept {
  return exported_ != nullptr ? exported_->counts() : otlp_counts();
}

void configured_telemetry::depends_on(std::string name, const std::string& url, bool required) {
  if (admin_ != nullptr) admin_->depends_on(std::move(name), url, required);
}

}  // namespace enlace
