#pragma once

#include <optional>
#include <string>

#include <enlace/error.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// A message as text: a string as it is, any other value as JSON; nothing for null.
[[nodiscard]] std::optional<std::string> text_of(const json::value& value);

/// The code that an error object names: `error_code`, else `code`, if it is text or a whole number; "" when there is
/// none.
[[nodiscard]] std::string code_of_error(const json::object& error_object);

/// What an error document names as its code: that of `error`, else its own `error_code` or `code`. Looks into `detail`
/// as into `error`, for a FastAPI service that raises an error with an object.
[[nodiscard]] std::string code_in(const json::object& document);

/// What an error document says to people: `message`, `error.message`, `error`, `detail`, `title`, the first that is
/// text; "" when there is none.
[[nodiscard]] std::string message_in(const json::object& document);

/// The seconds to wait that an error object asks for, where they make sense.
[[nodiscard]] std::optional<seconds_d> retry_after_in(const json::object& error_object);

/// The error that the `error` of an envelope stands for. A code of section 9 brings its own row; any other is kept as
/// `upstream_code` over the facts of `otherwise`. What has no place in an `error` goes to its details, nothing is lost.
[[nodiscard]] error error_from_envelope(json::value&& said, error_code otherwise);

/// Lays `ours` over the details that an upstream sent. Where both have a member, the upstream's stays in
/// `details.upstream`, so that a chain of services leaves a chain of records.
void lay_over(json::object& details, json::object ours);

}  // namespace enlace
