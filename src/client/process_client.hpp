#pragma once

#include <memory>
#include <optional>

#include <enlace/blocking.hpp>
#include <enlace/client.hpp>

namespace enlace {

/// The core of the process-wide client, made at the first use from the default configuration.
[[nodiscard]] const std::shared_ptr<client_core>& process_core();
/// Why the default configuration can't be used, if so.
[[nodiscard]] std::optional<error> process_configuration_error();
[[nodiscard]] blocking::client& process_blocking_client();
/// The loops of the blocking client.
[[nodiscard]] const std::shared_ptr<runtime>& process_runtime();
/// The process-wide client of the coroutines that run on that executor's context.
[[nodiscard]] client& process_client_on(const boost::asio::any_io_executor& executor);

}  // namespace enlace
