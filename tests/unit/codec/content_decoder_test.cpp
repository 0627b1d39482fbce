#include "codec/content_decoder.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

#include "unit/codec/compress.hpp"

namespace enlace {
namespace {

using outcome = content_decoder::outcome;
using listing = content_decoder::listing;
using test::compress;
using test::gzip;
using test::wrapper;

constexpr std::uint64_t no_limit = 1ULL << 40;

struct decoded {
  outcome result = outcome::ok;
  std::string text;
};

/// Feeds `bytes` in pieces of that size.
decoded decode(std::string_view codings, std::string_view bytes, std::size_t piece, std::uint64_t limit = no_limit) {
  content_decoder decoder(limit);
  EXPECT_EQ(decoder.add_all(codings, "*"), listing::ok) << codings;
  decoded out;
  while (!bytes.empty() && out.result == outcome::ok) {
    const std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    out.result = decoder.feed(part, out.text);
  }
  if (out.result == outcome::ok) out.result = decoder.finish();
  return out;
}

void expect_text(std::string_view codings, const std::string& bytes, const std::string& text) {
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{5000}, bytes.size() + 1}) {
    const decoded out = decode(codings, bytes, piece);
    EXPECT_EQ(out.result, outcome::ok) << codings << " by " << piece;
    EXPECT_TRUE(out.text == text) << codings << " by " << piece << ": " << out.text.size() << " bytes";
  }
}

void expect_corrupt(std::string_view codings, const std::string& bytes) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, bytes.size() + 1}) {
    EXPECT_EQ(decode(codings, bytes, piece).result, outcome::corrupt) << codings << " by " << piece;
  }
}

std::string noise(std::size_t size) {
  random_source random(7);
  std::string out;
  while (out.size() < size) out += static_cast<char>(random.below(256));
  return out;
}

TEST(ContentDecoder, UndoesEveryCoding) {
  for (const std::string& text : {std::string("a"), std::string("{\"success\":true}"), noise(100000),
                                  std::string(300000, 'a'), test::brotli_sample_text()}) {
    expect_text("gzip", gzip(text), text);
    expect_text("x-gzip", gzip(text), text);
    expect_text("deflate", compress(text, wrapper::zlib), text);
    expect_text("deflate", compress(text, wrapper::raw), text);
    expect_text("deflate", compress(text, wrapper::raw, 0), text);  // stored blocks
  }
  expect_text("br", test::brotli_sample(), test::brotli_sample_text());
  expect_text("br", test::brotli_bomb(), std::string(1 << 20, 'a'));
}

TEST(ContentDecoder, UndoesTheCodingOfNothing) {
  expect_text("gzip", gzip(""), "");
  expect_text("deflate", compress("", wrapper::zlib), "");
  expect_text("deflate", compress("", wrapper::raw), "");
  expect_text("br", "\x06", "");
}

TEST(ContentDecoder, TakesNoBytesAtAllForAnEmptyBody) {
  for (const std::string_view codings : {"gzip", "deflate", "br", "gzip, br"}) {
    EXPECT_EQ(decode(codings, "", 1).result, outcome::ok) << codings;
  }
}

TEST(ContentDecoder, TakesGzipMembersOneAfterAnother) {
  expect_text("gzip", gzip("one ") + gzip("") + gzip("two"), "one two");
}

TEST(ContentDecoder, UndoesLayersInReverse) {
  const std::string text(5000, 'q');
  expect_text("deflate, gzip", gzip(compress(text, wrapper::raw)), text);
  expect_text("gzip,gzip , identity, gzip", gzip(gzip(gzip(text))), text);
  expect_text("br, gzip", gzip(test::brotli_sample()), test::brotli_sample_text());
}

TEST(ContentDecoder, SeesThatDataIsCutOff) {
  const std::string text = noise(3000);
  for (const std::size_t missing : {1U, 4U, 8U, 9U, 100U}) {
    const auto cut = [&](std::string whole) { return whole.substr(0, whole.size() - missing); };
    expect_corrupt("gzip", cut(gzip(text)));
    expect_corrupt("deflate", cut(compress(text, wrapper::zlib)));
    expect_corrupt("deflate", cut(compress(text, wrapper::raw)));
  }
  const std::string br = test::brotli_sample();
  for (std::size_t size = 1; size < br.size(); ++size) expect_corrupt("br", br.substr(0, size));
  const std::string zip = gzip("short");
  for (std::size_t size = 1; size < zip.size(); ++size) expect_corrupt("gzip", zip.substr(0, size));
  expect_corrupt("gzip", gzip("one") + gzip("two").substr(0, 5));
  expect_corrupt("deflate", "x");
  expect_corrupt("gzip, gzip", gzip(gzip(text).substr(0, 1000)));
}

TEST(ContentDecoder, RefusesWhatFollowsTheEnd) {
  expect_corrupt("gzip", gzip("one") + "two");
  expect_corrupt("gzip", gzip("one") + '\0');
  expect_corrupt("deflate", compress("one", wrapper::zlib) + "\n");
  expect_corrupt("deflate", compress("one", wrapper::raw) + "\n");
  expect_corrupt("br", test::brotli_sample() + "\n");
  // Only gzip has members.
  expect_corrupt("deflate", compress("one", wrapper::zlib) + compress("two", wrapper::zlib));
  expect_corrupt("deflate", compress("one", wrapper::raw) + compress("two", wrapper::raw));
  expect_corrupt("br", test::brotli_sample() + test::brotli_sample());
}

TEST(ContentDecoder, RefusesWhatTheCodingDoesNotMake) {
  expect_corrupt("gzip", "plain text");
  expect_corrupt("gzip", compress("zlib", wrapper::zlib));
  expect_corrupt("deflate", "plain text");
  expect_corrupt("deflate", gzip("gzip"));
  expect_corrupt("br", std::string("\x00\x9c\x05\x76\x1b\x5d\x81\xa4", 8));
  std::string wrong_sum = gzip("checked");
  wrong_sum[wrong_sum.size() - 6] = static_cast<char>(wrong_sum[wrong_sum.size() - 6] ^ 1);
  expect_corrupt("gzip", wrong_sum);
  std::string dictionary = compress("text", wrapper::zlib);
  dictionary[1] = '\xBB';  // wants a preset dictionary
  expect_corrupt("deflate", dictionary);
}

TEST(ContentDecoder, StopsAtTheLimit) {
  const std::string bomb = gzip(std::string(3 << 20, '\0'));
  for (const std::size_t piece : {std::size_t{100}, bomb.size()}) {
    const decoded out = decode("gzip", bomb, piece, 100000);
    EXPECT_EQ(out.result, outcome::too_large);
    EXPECT_LE(out.text.size(), 100000U);
  }
  EXPECT_EQ(decode("br", test::brotli_bomb(), 1, 1000).result, outcome::too_large);
  EXPECT_EQ(decode("gzip", gzip("12345"), 1, 5).result, outcome::ok);
  EXPECT_EQ(decode("gzip", gzip("12345"), 1, 4).result, outcome::too_large);
}

TEST(ContentDecoder, HoldsEveryLayerToTheLimit) {
  // What lies between the layers is large, what comes out is nothing.
  std::string members;
  for (int i = 0; i < 10000; ++i) members += gzip("");
  const decoded out = decode("gzip, gzip", gzip(members), 1000, 100000);
  EXPECT_EQ(out.result, outcome::too_large);
  EXPECT_EQ(out.text, "");
}

TEST(ContentDecoder, TakesNoListThatItCanNotUndo) {
  const auto add = [](std::string_view codings, std::string_view accepted = accepted_codings) {
    content_decoder decoder(no_limit);
    return decoder.add_all(codings, accepted);
  };
  EXPECT_EQ(add(""), listing::ok);
  EXPECT_EQ(add("identity"), listing::ok);
  EXPECT_EQ(add("gzip, deflate, br, gzip"), listing::ok);
  EXPECT_EQ(add("gzip, gzip, gzip, gzip, gzip"), listing::unknown);
  EXPECT_EQ(add("zstd"), listing::not_accepted);
  EXPECT_EQ(add("zstd, gzip"), listing::not_accepted);
  EXPECT_EQ(add("gzip", "identity"), listing::not_accepted);
  EXPECT_EQ(add("zstd", "zstd"), listing::unknown);
  EXPECT_EQ(add("zstd, compress, gzip", "zstd, gzip"), listing::not_accepted);
}

}  // namespace
}  // namespace enlace
