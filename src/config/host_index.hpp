#pragma once

#include <functional>
#include <map>
#include <string>

#include "config/draft.hpp"

namespace enlace {

/// Which service is at which host, by `host_key`. A host of two services is noted as a problem.
[[nodiscard]] std::map<std::string, std::string, std::less<>> services_by_host(draft& whole);

}  // namespace enlace
