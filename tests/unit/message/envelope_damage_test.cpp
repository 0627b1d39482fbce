#include <array>
#include <random>
#include <string>
#include <string_view>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/message/answer.hpp"

namespace enlace {
namespace {

// Whatever bytes come, there is a reply, it can be written as valid JSON, and the next service understands that.

constexpr std::array<std::string_view, 9> seeds{
    R"({"success":true,"message":"m","data":{"a":[1,2.5,-3e10,null]},"metadata":{"call":{"service":"x"}},"extra":"e"})",
    R"({"success":false,"message":"m","error":{"code":"QUOTA","details":{"a":1},"retry_after":1e3,"timestamp":1.7e9}})",
    R"({"success":false,"error":"text","data":[true,false],"metadata":7})",
    R"({"data":[{"embedding":[0.1,0.2]}],"metadata":{"n":1},"message":"\u00e9\ud83d\ude00"})",
    R"({"type":"about:blank","title":"T","status":404,"detail":"d","instance":"/x","errors":[{"loc":["a"]}]})",
    R"({"error":{"message":"m","type":"t","param":null,"code":-32600}})",
    "<html><body>caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80</body></html>",
    "\xEF\xBB\xBF[[[[[[[[[[{\"a\":{\"b\":{}}}]]]]]]]]]]",
    "plain text\r\nwith\tcontrols\x1B[0m\x7F",
};

constexpr std::array<std::string_view, 11> types{"",
                                                 "application/json",
                                                 "application/problem+json",
                                                 "text/plain",
                                                 "text/plain; charset=iso-8859-1",
                                                 "text/plain; charset=us-ascii",
                                                 "application/json; charset=latin1",
                                                 "image/png",
                                                 "text/html; charset=utf-16",
                                                 "application/vnd.x+json;v=\"1",
                                                 ";;=,\xFF\x80"};

constexpr std::array<int, 14> statuses{0, 100, 200, 201, 204, 206, 299, 302, 304, 400, 404, 429, 503, 999};

class damager {
 public:
  explicit damager(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string next() {
    std::string text(seeds[below(seeds.size())]);
    for (std::size_t times = below(6); times > 0; --times) damage(text);
    return text;
  }

 private:
  void damage(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, 1, static_cast<char>(random_()));
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 3:
        text.insert(at, seeds[below(seeds.size())]);
        break;
      case 4:
        text.insert(at, std::string(below(2000), "[{\"\\\xC3"[below(5)]));
        break;
      default:
        text.resize(at);
    }
  }

  std::mt19937 random_;
};

TEST(EnvelopeDamage, EveryAnswerBecomesAReply) {
  damager damage(20261124);
  for (int round = 0; round < 8'000; ++round) {
    const std::string body = damage.next();
    const std::string_view type = types[damage.below(types.size())];
    const int status = statuses[damage.below(statuses.size())];
    const reply got = reply_to(status, type, body, damage.below(20) == 0 ? "HEAD" : "POST");
    const std::string text = json::serialize(json::value(got.to_json()));
    const result<json::value> back = parse_json(text);
    // One level more than the upstream's own nesting is not everybody's to read.
    if (!back && text.find(std::string(500, '[')) != std::string::npos) continue;
    ASSERT_TRUE(back) << back.error().message << "\nfor " << status << ' ' << type << ' ' << body;
    ASSERT_EQ(served_on(got).success(), got.success()) << body;
  }
}

TEST(EnvelopeDamage, RandomBytesBecomeAReply) {
  std::mt19937 random(7);
  for (int round = 0; round < 1'500; ++round) {
    std::string body(random() % 64, '\0');
    for (char& byte : body) byte = static_cast<char>(random());
    for (const std::string_view type : types) {
      for (const int status : {200, 500}) {
        const reply got = reply_to(status, type, body);
        ASSERT_TRUE(parse_json(json::serialize(json::value(got.to_json()))));
      }
    }
  }
}

TEST(EnvelopeDamage, EveryBeginningOfAnAnswerBecomesAReply) {
  for (const std::string_view seed : seeds) {
    for (std::size_t size = 0; size <= seed.size(); ++size) {
      for (const std::string_view type : types) {
        const reply got = reply_to(size % 2 == 0 ? 200 : 404, type, std::string(seed.substr(0, size)));
        ASSERT_FALSE(got.message().empty() && !got) << seed.substr(0, size);
        ASSERT_TRUE(parse_json(json::serialize(json::value(got.to_json()))));
      }
    }
  }
}

}  // namespace
}  // namespace enlace
