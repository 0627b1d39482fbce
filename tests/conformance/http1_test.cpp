// Raw answers from the tests of llhttp and curl, and what node 20, curl 7.88 and Python made of them when a server sent
// exactly these bytes and closed. Where all three agree, so must we; where they don't, the connection must not be used
// again. All were asked for by GET and without a word on codings.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>

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

std::optional<boost::json::value> corpus() {
  const char* given = std::getenv("ENLACE_CONFORMANCE_DIR");
  const std::filesystem::path folder = given != nullptr
                                           ? std::filesystem::path(given)
                                           : std::filesystem::path(ENLACE_SOURCE_DIR) / "../shared/conformance";
  std::ifstream file(folder / "http1" / "response-corpus.json");
  if (!file) return std::nullopt;
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string base64_decoded(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  EXPECT_EQ(static_cast<std::size_t>(size), out.size());
  while (!text.empty() && text.back() == '=') {
    out.pop_back();
    text.remove_suffix(1);
  }
  return out;
}

/// As the corpus describes a body: "length:first 16 hex digits of its SHA-256".
std::string described(std::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(body.data(), body.size(), digest, nullptr, EVP_sha256(), nullptr);
  std::string out = std::to_string(body.size()) + ':';
  for (std::size_t i = 0; i < 8; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4U];
    out += "0123456789abcdef"[digest[i] & 0xFU];
  }
  return out;
}

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
    EXPECT_EQ(described(got.body), std::string_view(oracle.at("body").as_string())) << id;
  }
}

TEST(Http1Conformance, AgreesWhereTheReferencesAgree) {
  const std::optional<boost::json::value> file = corpus();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string_view id = c.at("id").as_string();
    const std::string bytes = base64_decoded(c.at("bytes_base64").as_string());
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
    const std::string bytes = base64_decoded(c.at("bytes_base64").as_string());
    const test::answer whole = test::read_whole(bytes);
    EXPECT_EQ(difference(whole, test::read_bytewise(bytes)), "") << id;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      EXPECT_EQ(difference(whole, test::read_at_random(bytes, seed)), "") << id << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace enlace
