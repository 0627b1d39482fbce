#pragma once

#include <optional>

#include <enlace/error.hpp>
#include <enlace/stream_event.hpp>

namespace enlace {

/// The failure that an upstream reports in the middle of its stream: an event of type "error"; an object whose `error`
/// is an object or a text that is not empty; or the "response.failed" of OpenAI's Responses API. Its code is the
/// upstream's where that is one of ours, else EXTERNAL_API_ERROR; `details.error` is "error_event". Not for
/// pieces of bytes. Parses only data in which `"error"` stands, unless the type says it all.
[[nodiscard]] std::optional<error> error_in(const stream_event& event);

}  // namespace enlace
