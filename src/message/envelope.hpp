#pragma once

#include <string>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/error.hpp>
#include <enlace/exchange.hpp>
#include <enlace/reply.hpp>

namespace enlace {

/// What an upstream answered, in the standard form: a success for 2xx and 304, unless the body says otherwise, else the
/// error that the status is. `in.failure` is none. Takes over body and headers of `in`. `method` is in upper case.
/// Sets `call().status`; the rest of `call()`, the error's timestamp and a `Retry-After` are the caller's.
/// Whatever the bytes are, it throws nothing but `std::bad_alloc`.
[[nodiscard]] reply reply_from(incoming&& in, std::string_view method);

/// The error for an attempt that failed on the wire, with `details {error, phase}`.
[[nodiscard]] error error_from_wire(const incoming& in);

/// A failure with code COMMUNICATION_ERROR, as of `now`.
[[nodiscard]] reply create_error_response(std::string message, json::object details, wall_time now);

/// A failure with the code and details of `why`, as of when that happened, or of `now` where it does not say.
[[nodiscard]] reply create_error_response(std::string message, error why, wall_time now);

}  // namespace enlace
