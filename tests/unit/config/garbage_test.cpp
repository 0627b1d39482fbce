#include <string>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace enlace {
namespace {

/// A text that is never far from valid, so that what is behind the TOML parser is reached too.
std::string damaged(std::string text, random_source& random) {
  static constexpr std::string_view pieces[] = {"\"",       "'",
                                                "[",        "]",
                                                "{",        "}",
                                                "=",        ".",
                                                "\n",       "#",
                                                "${X}",     "file:",
                                                "\\",       ",",
                                                "-1",       "1e999",
                                                "nan",      "0",
                                                "true",     "\xff",
                                                "never",    "\"\"\"",
                                                "services", "operations",
                                                "breaker",  std::string_view("\0", 1)};
  const std::uint64_t changes = 1 + random.below(4);
  for (std::uint64_t i = 0; i < changes; ++i) {
    const std::size_t at = random.below(text.size() + 1);
    switch (random.below(4)) {
      case 0:
        text.insert(at, pieces[random.below(std::size(pieces))]);
        break;
      case 1:
        text.erase(at, random.below(30));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
        break;
      default: {
        const std::string copy = text.substr(at, random.below(80));
        text.insert(random.below(text.size() + 1), copy);
      }
    }
  }
  return text;
}

TEST(Garbage, ADamagedFileIsAnErrorOrValidButNeverMore) {
  random_source random(1);
  int valid = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = damaged(std::string(sample_toml), random);
    const result<options> made = options::parse(text, "enlace.toml", {{"X", "x"}});
    if (made) {
      ++valid;
      EXPECT_GT(profile_for(*made, "http://embedding-service:8000/", "embedding").timeout, duration::zero());
      EXPECT_TRUE(made->explain(post("http://embedding-service:8000/")));
    } else {
      EXPECT_EQ(made.error().code, error_code::configuration_error);
      EXPECT_FALSE(problems_of(made).empty());
    }
  }
  EXPECT_GT(valid, 20) << "else nothing behind the parser was tested";
}

TEST(Garbage, RandomBytesAreAnError) {
  random_source random(2);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (std::uint64_t size = 1 + random.below(60); size > 0; --size) text += static_cast<char>(random.below(256));
    static_cast<void>(options::parse(text));
  }
}

TEST(Garbage, DeepTextsDoNotEndTheProcess) {
  std::string keys;
  for (int i = 0; i < 200'000; ++i) keys += "a.";
  EXPECT_FALSE(options::parse(keys + "a = 1"));
  EXPECT_FALSE(options::parse("[" + keys + "a]"));
  EXPECT_FALSE(options::parse("x = {" + keys + "a = 1}"));
  EXPECT_FALSE(options::parse("x = [[{\"a\"." + keys + "a = 1}]]"));
  EXPECT_FALSE(options::parse("x = " + std::string(200'000, '[')));
  EXPECT_FALSE(options::parse("x = \"" + std::string(200'000, '.') + "\""));
}

TEST(Garbage, AnyEnvironmentIsAnErrorOrValid) {
  random_source random(3);
  for (int i = 0; i < 150; ++i) {
    environment variables;
    for (const char* prefix : {"ENLACE_", "ENLACE_SERVICES__", "ENLACE_CLIENT__", "ENLACE_SERVICES__EMBEDDING__"}) {
      std::string name = prefix;
      for (std::uint64_t size = random.below(12); size > 0; --size) name += "AZ_S.\x80"[random.below(6)];
      if (random.below(4) == 0) name += "__HOSTS";
      variables[name] = random.below(2) == 0 ? "" : "\xff,${A},x";
    }
    static_cast<void>(options::parse(sample_toml, "enlace.toml", variables));
  }
}

}  // namespace
}  // namespace enlace
