// Raw answers from the tests of llhttp and curl, and what node 20, curl 7.88 and Python made of them when a server sent
// exactly these bytes and closed. Where all three agree, so must we; where they don't, the connection must not be used
// again. All were asked for by GET and without a word on codings.
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "conformance/cases.hpp"
#include "conformance/reply_corpus.hpp"
#include "unit/codec/read_answer.hpp"

namespace enlace {
namespace {

/// What compressed bodies must come out as. The references hand over the compressed bytes; we decode them.
struct decoded {
  std::string_view id;
  std::size_t size;
  std::string_view holds;
};
constexpr decoded decoded_bodies[] = {
    {"curl/test224", 45, "uncompressed gzip data with long gzip header\n"},
    {"curl/test230", 5041, "<project-listing"},  // deflate, then gzip
    {"curl/test232", 5041, "<project-listing"},  // deflate without its wrapper
    {"curl/test314", 5041, "<project-listing"},  // brotli
    {"curl/test316", 16512, ""},
};

std::optional<boost::json::value> corpus() { return test::conformance_cases("http1/response-corpus.json"); }

const decoded* decoded_body_of(std::string_view id) {
  for (const decoded& body : decoded_bodies) {
    if (body.id == id) return &body;
  }
  return nullptr;
}

void expect_agreement(std::string_view id, const boost::json::value& oracle, const test::answer& got) {
  EXPECT_TRUE(got.done()) << id << ": " << got.detail;
  EXPECT_EQ(got.status, oracle.at("status").to_number<int>()) << id;
  if (const decoded* body = decoded_body_of(id)) {
    EXPECT_EQ(got.body.size(), body->size) << id;
    EXPECT_NE(got.body.find(body->holds), std::string::npos) << id;
    EXPECT_EQ(got.field("Content-Encoding"), "(none)") << id;
  } else {
    EXPECT_EQ(test::digest_of(got.body), std::string_view(oracle.at("body").as_string())) << id;
  }
}

TEST(Http1Conformance, AgreesWhereTheReferencesAgree) {
  const std::optional<boost::json::value> file = corpus();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string_view id = c.at("id").as_string();
    const std::string bytes = test::from_base64(c.at("bytes_base64").as_string());
    const test::answer got = test::read_whole(bytes);
    const boost::json::value* agree = c.as_object().if_contains("oracles_agree");
    if (agree != nullptr && agree->as_bool()) {
      expect_agreement(id, c.at("oracle").at("node20_http"), got);
      ++accepted;
    } else if (c.at("verdict").as_string() == "reject") {
      EXPECT_EQ(got.progress, response_reader::progress::failed) << id;
      EXPECT_FALSE(got.reusable) << id;
      ++refused;
    } else {
      EXPECT_FALSE(got.reusable) << id << ": the references differ";
    }
  }
  // So that a change of the file's form does not pass as agreement.
  EXPECT_GT(accepted, 50U);
  EXPECT_GT(refused, 10U);
}

TEST(Http1Conformance, ReadsSplitInputAsWhole) {
  const std::optional<boost::json::value> file = corpus();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string_view id = c.at("id").as_string();
    const std::string bytes = test::from_base64(c.at("bytes_base64").as_string());
    const test::answer whole = test::read_whole(bytes);
    EXPECT_EQ(difference(whole, test::read_bytewise(bytes)), "") << id;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      EXPECT_EQ(difference(whole, test::read_at_random(bytes, seed)), "") << id << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace enlace
