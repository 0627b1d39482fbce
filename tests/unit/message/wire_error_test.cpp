#include <string>

#include <gtest/gtest.h>

#include "base/utf8.hpp"
#include "message/envelope.hpp"

namespace enlace {
namespace {

incoming failed(wire_failure failure, wire_phase phase, std::string detail = {}) {
  incoming in;
  in.failure = failure;
  in.phase = phase;
  in.detail = std::move(detail);
  return in;
}

TEST(WireError, EachFailureHasItsCode) {
  struct row {
    wire_failure failure;
    error_code code;
    bool retryable;
  };
  using enum error_code;
  for (const row& each :
       {row{wire_failure::dns, communication_error, true}, row{wire_failure::refused, communication_error, true},
        row{wire_failure::connect_timeout, communication_error, true},
        row{wire_failure::tls, communication_error, true}, row{wire_failure::pool_full, service_unavailable, true},
        row{wire_failure::reset, communication_error, true}, row{wire_failure::truncated, communication_error, true},
        row{wire_failure::timeout, timeout_error, true}, row{wire_failure::malformed, external_api_error, true},
        row{wire_failure::too_large, external_api_error, false},
        row{wire_failure::content_encoding, external_api_error, false},
        row{wire_failure::cancelled, cancelled, false}}) {
    const error made = error_from_wire(failed(each.failure, wire_phase::connect));
    EXPECT_EQ(made.code, each.code) << name_of(each.failure);
    EXPECT_EQ(made.number, facts_of(each.code).number);
    EXPECT_EQ(made.retryable, each.retryable) << name_of(each.failure);
    EXPECT_FALSE(made.message.empty());
    EXPECT_EQ(made.details, object("error", name_of(each.failure), "phase", "connect"));
  }
}

TEST(WireError, SaysWhatTheSystemSaid) {
  EXPECT_EQ(error_from_wire(failed(wire_failure::refused, wire_phase::connect, "Connection refused")).message,
            "The service could not be reached: Connection refused");
}

TEST(WireError, DetailsFromElsewhereAreCleaned) {
  const error made =
      error_from_wire(failed(wire_failure::tls, wire_phase::tls, "bad\n\x1B[1m\xFF" + std::string(5000, 'x')));
  EXPECT_LT(made.message.size(), 600U);
  EXPECT_TRUE(is_valid_utf8(made.message));
  EXPECT_EQ(made.message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace enlace
