#pragma once

#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/result.hpp>

namespace enlace {

/// The context that a request came with, for the server half. Ids are percent-decoded; `X-Request-ID` and
/// `X-Correlation-ID` are kept as they are. A `traceparent` that is not valid is dropped together with its
/// `tracestate`, and so is a `tracestate` that is not; `baggage` is cut at a member to its limits. Errors:
/// VALIDATION_ERROR for an id of more than 1 KiB, one with control characters in it, or one that comes twice with
/// different values.
[[nodiscard]] result<context> context_from_headers(const headers& fields);

}  // namespace enlace
