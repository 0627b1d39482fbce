#pragma once

#include <string_view>

#include <enlace/request.hpp>
#include <enlace/result.hpp>

#include "cli/request_defaults.hpp"

namespace enlace::cli {

/// Reads a line of a batch: one request as a JSON object. Durations are texts like "2.5s" or seconds.
/// Errors: VALIDATION_ERROR that names the member and what it should be.
[[nodiscard]] result<request> read_batch_line(std::string_view line, const request_defaults& defaults);

}  // namespace enlace::cli
