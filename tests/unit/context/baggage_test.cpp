#include <string>

#include <enlace/baggage.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

std::string members(std::size_t count, std::string_view separator = ",") {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) list.append(separator);
    list.append("key").append(std::to_string(i)).append("=value");
  }
  return list;
}

TEST(Baggage, ReadsMembersValuesAndProperties) {
  const std::vector<baggage_entry> entries = parse_baggage("a = 1 ; p ; q = r , b=%C3%A9%2C,c=");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].key, "a");
  EXPECT_EQ(entries[0].value, "1");
  EXPECT_EQ(entries[0].properties, (std::vector<std::string>{"p", "q=r"}));
  EXPECT_EQ(entries[1].value, "\xc3\xa9,");
  EXPECT_EQ(entries[2].value, "");
}

TEST(Baggage, LeavesOutWhatIsNotWellFormed) {
  EXPECT_TRUE(parse_baggage("").empty());
  EXPECT_TRUE(parse_baggage(",, ,").empty());
  for (const char* bad : {"a", "=1", "a b=1", "a=1 2", "a=\"x\"", "a=\xc3\xa9", "a=1;", "a=1;p q", "a=1;=", "a=\\"}) {
    const std::string header = std::string(bad) + ",good=1";
    const std::vector<baggage_entry> entries = parse_baggage(header);
    const std::size_t expected = std::string(bad) == "a=1;" ? 2 : 1;
    ASSERT_EQ(entries.size(), expected) << bad;
    EXPECT_EQ(entries.back().key, "good") << bad;
  }
}

TEST(Baggage, WritesWhatItReads) {
  std::vector<baggage_entry> entries;
  entries.emplace_back("user", "Zo\xc3\xab, \"50%\";\\");
  entries.back().properties.emplace_back("p=1");
  entries.emplace_back("not a key", "x");
  entries.emplace_back("empty", "");
  const std::string header = format_baggage(entries);
  EXPECT_EQ(header, "user=Zo%C3%AB%2C%20%2250%25%22%3B%5C;p=1,empty=");
  const std::vector<baggage_entry> read = parse_baggage(header);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].value, entries[0].value);
  EXPECT_EQ(read[0].properties, entries[0].properties);
}

TEST(BaggageLimit, KeepsWhatFits) {
  for (const std::string& header : {std::string(), std::string("a=1"), members(64), members(64, " , "),
                                    "a=" + std::string(8190, '0'), std::string("a=1,,,b=2")}) {
    EXPECT_EQ(limit_baggage(header), header);
  }
}

TEST(BaggageLimit, DropsWholeMembersFromTheEnd) {
  EXPECT_EQ(limit_baggage(members(65)), members(64));
  EXPECT_EQ(limit_baggage(members(1000)), members(64));
  EXPECT_EQ(limit_baggage("first=1," + std::string(8190, 'k') + "=v,last=2"), "first=1");
  EXPECT_EQ(limit_baggage("a=" + std::string(8191, '0')), "");
  EXPECT_EQ(limit_baggage("a=" + std::string(8190, '0') + ",b=1"), "a=" + std::string(8190, '0'));
  const std::string half(4000, 'v');
  EXPECT_EQ(limit_baggage("a=" + half + " , b=" + half + " , c=" + half), "a=" + half + " , b=" + half);
  EXPECT_EQ(limit_baggage(",,,"), "");
}

}  // namespace
}  // namespace enlace
