// Module: client
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <enlace/reply.hpp>
#include <enlace/request.hpp>
#include <enlace/stream.hpp>

/// The functions that most programs need, on one process-wide client. It reads `$ENLACE_CONFIG`, else `enlace.toml` in
/// the current folder, at the first call; a configuration that can't be used makes every call end in
/// CONFIGURATION_ERROR. Breakers, budgets and the cache are shared by all loops of the process, connections by the
/// coroutines of one execution context, which must run one thread at a time.
namespace enlace {

/// `client::call`.
boost::asio::awaitable<reply> call_service(request asked);

/// `client::stream`, on the loop of the coroutine that first asks for an event.
[[nodiscard]] stream stream_service(request asked);

/// `client::check_service_health`: never throws.
boost::asio::awaitable<bool> check_service_health(std::string url, std::string name,
                                                  duration timeout = std::chrono::seconds(5));

/// The failure form, for a service to answer with: code COMMUNICATION_ERROR, as of now.
[[nodiscard]] reply create_error_response(std::string message, json::object details = json::object());

/// The failure form with the code, number, status and details of `why`.
[[nodiscard]] reply create_error_response(std::string message, error why);

}  // namespace enlace
