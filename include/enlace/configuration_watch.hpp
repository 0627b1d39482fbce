// Module: client
#pragma once

#include <functional>

#include <boost/asio/awaitable.hpp>
#include <enlace/client.hpp>
#include <enlace/config_file.hpp>

namespace enlace {

/// Keeps `caller` configured as `file` says: looks once a second whether the file has changed, and reads it at once on
/// SIGHUP. A valid file is taken into use (`client::reload`) for all clients of the core; of an invalid one nothing is,
/// and `report` hears why. One watch a core is enough.
///
/// Runs until its coroutine is cancelled: `co_spawn(loop, keep_configured(...), bind_cancellation_slot(slot,
/// detached))`. While it runs, SIGHUP no longer ends the process. `caller` and `file` must outlive it. The file is read
/// on the loop.
boost::asio::awaitable<void> keep_configured(client& caller, config_file& file,
                                             std::function<void(const error&)> report);

}  // namespace enlace
