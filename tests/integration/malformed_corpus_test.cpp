// Raw replies from the tests of llhttp and curl against the real transport. Where node 20, curl 7.88 and Python agree
// on one, so must we; where they don't, we may refuse it or not, but the connection must not be used again.
// (tests/conformance/http1_test.cpp shows them to the reader alone.)

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "conformance/cases.hpp"
#include "conformance/reply_corpus.hpp"
#include "integration/malformed_delivery.hpp"
#include "unit/codec/read_answer.hpp"

namespace enlace::test {
namespace {

constexpr std::size_t small = 200;

struct corpus_case {
  explicit corpus_case(const boost::json::value& of)
      : wire(from_base64(std::string_view(of.at("bytes_base64").as_string()))),
        refused(of.at("verdict").as_string() == "reject") {
    const boost::json::value* said = of.as_object().if_contains("oracles_agree");
    agreed = said != nullptr && said->as_bool();
    if (!agreed) return;
    const boost::json::value& oracle = of.at("oracle").at("node20_http");
    status = oracle.at("status").to_number<int>();
    body = std::string(oracle.at("body").as_string());
  }

  std::string wire;
  bool refused;
  bool agreed = false;
  int status = 0;
  std::string body;
};

class CorpusReplies : public testing::Test {
 protected:
  /// Each way to send it. The server closes behind it, as it did to the references, or stays.
  void deliver_all(const corpus_case& c, ending end) {
    steps_.next_server();
    const answer read = read_whole(c.wire, {.max_head_bytes = lockstep::max_head,
                                            .max_body_bytes = lockstep::max_body,
                                            .then_closes = end == ending::closes});
    if (read.progress == response_reader::progress::need_more) return;  // the client waits, as it should
    const bool clean = end == ending::stays && read.reusable;
    if (!c.agreed) {
      EXPECT_FALSE(clean);
    }
    bool first = true;
    const auto deliver = [&](std::size_t split) {
      const delivered got = steps_.exchange({.wire = c.wire, .split = split, .end = end});
      SCOPED_TRACE("split at " + std::to_string(split));
      expect(c, got.in, read);
      EXPECT_EQ(got.same_connection, !first && clean);
      first = false;
      ++delivered_;
    };
    deliver(0);
    deliver(delivery::bytewise);
    for (std::size_t split = 1; c.wire.size() <= small && split < c.wire.size() && !HasFailure(); ++split) {
      deliver(split);
    }
    deliver(0);
  }

  static void expect(const corpus_case& c, const incoming& got, const answer& read) {
    EXPECT_EQ(got.failure == wire_failure::none, read.done()) << got.detail;
    EXPECT_EQ(got.body, read.body);
    if (c.refused) {
      EXPECT_NE(got.failure, wire_failure::none);
    }
    if (!c.agreed) return;
    EXPECT_EQ(got.failure, wire_failure::none) << got.detail;
    EXPECT_EQ(got.status, c.status);
    // The references hand over compressed bodies as they are.
    if (got.headers.size() == read.fields.size() && c.wire.find("ontent-Encoding") == std::string::npos) {
      EXPECT_EQ(digest_of(got.body), c.body);
    }
  }

  lockstep steps_;
  std::size_t delivered_ = 0;
};

TEST_F(CorpusReplies, AreReadAsTheReferencesReadThemOrNotTrusted) {
  const auto file = conformance_cases("http1/response-corpus.json");
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  for (const boost::json::value& each : file->at("cases").as_array()) {
    SCOPED_TRACE(std::string(each.at("id").as_string()));
    const corpus_case c(each);
    deliver_all(c, ending::closes);
    deliver_all(c, ending::stays);
    if (HasFailure()) return;
  }
  RecordProperty("deliveries", std::to_string(delivered_));
  EXPECT_GT(delivered_, 5'000U);
}

}  // namespace
}  // namespace enlace::test
