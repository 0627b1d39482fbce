#include "config/size_text.hpp"

#include <cstdint>
#include <limits>
#include <string>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(SizeText, ReadsPowersOfTwoAndOfTen) {
  EXPECT_EQ(parse_size("64MiB").value(), 67'108'864U);
  EXPECT_EQ(parse_size("1MB").value(), 1'000'000U);
  EXPECT_EQ(parse_size("10kB").value(), 10'000U);
  EXPECT_EQ(parse_size("10KB").value(), 10'000U);
  EXPECT_EQ(parse_size("1KiB").value(), 1'024U);
  EXPECT_EQ(parse_size("1.5GiB").value(), 1'610'612'736U);
  EXPECT_EQ(parse_size("2TiB").value(), 2'199'023'255'552U);
  EXPECT_EQ(parse_size("512B").value(), 512U);
  EXPECT_EQ(parse_size("512").value(), 512U);
  EXPECT_EQ(parse_size("0").value(), 0U);
}

TEST(SizeText, RefusesEverythingElse) {
  for (const char* text : {"", "MiB", "-1", "-1MiB", "+1MiB", "1 MiB", "1mib", "1MIB", "1M", "1Mi", "1k", "1e6",
                           ".5MiB", "1.MiB", "one", "1b", "1PiB", " 1", "1MiB "}) {
    const result<std::uint64_t> parsed = parse_size(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, error_code::validation_error);
  }
}

TEST(SizeText, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_size("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(parse_size("18446744073709551616"));
  EXPECT_FALSE(parse_size("16777216TiB"));
}

TEST(SizeText, FormatsInTheLargestUnitThatDivides) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(64ULL << 20), "64MiB");
  EXPECT_EQ(format_size(1'000'000), "1MB");
  EXPECT_EQ(format_size(1'000'001), "1000001B");
  EXPECT_EQ(format_size(1000), "1kB");
}

TEST(SizeText, ReadsBackWhatItFormats) {
  random_source random(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t size = random.next() >> random.below(64);
    ASSERT_EQ(parse_size(format_size(size)).value(), size);
  }
}

}  // namespace
}  // namespace enlace
