#pragma once

#include <string_view>

#include <enlace/error.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// The failure form of the envelope, as a service answers with it.
[[nodiscard]] json::object error_document(const error& failed);

/// The error of an answer with this HTTP status.
[[nodiscard]] error error_for_status(int status, std::string_view message);

}  // namespace enlace
