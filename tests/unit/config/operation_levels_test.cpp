#include "config/operation_levels.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/option_text.hpp"
#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view built_in_name = "embedding";
constexpr std::string_view custom_name = "custom";

/// A value for each level, nearest first, in TOML; none is the built-in one.
struct option_values {
  std::string_view option;
  std::vector<std::string> values;
};

const std::vector<option_values>& all_options() {
  static const std::vector<option_values> all = {
      {"timeout", {"\"1s\"", "\"2s\"", "\"3s\"", "\"4s\"", "\"5s\""}},
      {"idempotent", {"false", "true", "false", "true", "false"}},
      {"cache_ttl", {"\"1s\"", "\"2s\"", "\"never\"", "\"4s\"", "0"}},
      {"use_cache", {"true", "false", "true", "false", "true"}},
      {"cache_scope",
       {"[\"agent\"]", "[\"conversation\"]", "[\"collection\"]", "[\"agent\", \"collection\"]", "[\"agent\"]"}},
      {"first_event_timeout", {"\"1s\"", "\"2s\"", "\"3s\"", "\"4s\"", "0"}},
      {"between_events_timeout", {"\"1s\"", "\"2s\"", "\"3s\"", "\"4s\"", "0"}},
      {"heartbeats", {"true", "false", "true", "false", "true"}},
      {"vary", {"[\"a\"]", "[\"b\"]", "[\"c\"]", "[\"d\"]", "[\"e\"]"}},
  };
  return all;
}

/// What `explain` says of a value in TOML.
std::string shown(std::string value) {
  if (value == "0") return "0s";
  if (value.front() == '"') return value.substr(1, value.size() - 2);
  if (value.starts_with("[\"agent") || value.starts_with("[\"co")) value.insert(1, "\"tenant\", ");
  return value;
}

std::string toml_for(std::string_view operation, const option_values& option, unsigned levels) {
  const std::string headers[] = {"[services.s.operations." + std::string(operation) + "]", "[services.s]",
                                 "[operations." + std::string(operation) + "]"};
  std::string toml;
  for (unsigned level = 0; level < 3; ++level) {
    toml += headers[level] + "\n";
    if ((levels & (1U << level)) != 0) toml += std::string(option.option) + " = " + option.values[level] + "\n";
  }
  return toml;
}

/// Every option, over every set of levels that set it: the nearest one wins, and explain names it.
TEST(OperationLevels, TheNearestLevelThatSetsAnOptionWins) {
  for (const option_values& option : all_options()) {
    const option_row& row = *find_option(table_kind::operation, option.option);
    for (unsigned levels = 0; levels < 8; ++levels) {
      const options made = options::parse(toml_for(built_in_name, option, levels)).value();
      const request call = post("http://s/").operation(built_in_name);
      const std::string got = explained(made, call, option.option);
      std::string expected;
      if ((levels & 1U) != 0) {
        expected = shown(option.values[0]) + " from enlace.toml:2 [services.s.operations.embedding]";
      } else if ((levels & 2U) != 0) {
        expected = shown(option.values[1]) + " from enlace.toml:3 [services.s]";
      } else if ((levels & 4U) != 0) {
        expected = shown(option.values[2]) + " from enlace.toml:4 [operations.embedding]";
      } else {
        const option_value built_in = row.get(&find_built_in_operation(built_in_name)->values);
        expected = format_option(row.kind, built_in) + " from built-in";
      }
      EXPECT_EQ(got, expected) << option.option << " set at " << levels;
    }
  }
}

/// The fifth level: what the request says.
TEST(OperationLevels, TheRequestWinsOverAllOfThem) {
  for (unsigned levels = 0; levels < 8; ++levels) {
    const auto made = [&](std::size_t option) {
      return options::parse(toml_for(custom_name, all_options()[option], levels)).value();
    };
    const request call = post("http://s/")
                             .operation(custom_name)
                             .timeout(seconds_d(9.5))
                             .idempotent(true)
                             .use_cache(false)
                             .cache_ttl(seconds_d(9));
    EXPECT_EQ(explained(made(0), call, "timeout"), "9.5s from request");
    EXPECT_EQ(explained(made(1), call, "idempotent"), "true from request");
    EXPECT_EQ(explained(made(3), call, "use_cache"), "false from request");
    const bool never_here = (levels & 3U) == 0 && (levels & 4U) != 0;
    EXPECT_EQ(explained(made(2), call, "cache_ttl"),
              never_here ? "never from enlace.toml:4 [operations.custom]" : "9s from request");
  }
}

TEST(OperationLevels, ResolveGivesWhatExplainSays) {
  for (const std::string_view operation : {built_in_name, custom_name}) {
    for (unsigned levels = 0; levels < 8; ++levels) {
      std::string services = "[services.s]\n";
      const options made = options::parse(toml_for(operation, all_options()[0], levels)).value();
      const profile effective = profile_for(made, "http://s/", operation);
      const duration expected = (levels & 1U) != 0   ? duration(1s)
                                : (levels & 2U) != 0 ? duration(2s)
                                : (levels & 4U) != 0 ? duration(3s)
                                                     : duration(60s);
      EXPECT_EQ(effective.timeout, expected);
      EXPECT_EQ(effective.operation, operation);
    }
  }
}

TEST(OperationLevels, AnUnknownOperationIsDefault) {
  const options made = options::parse(
                           "[operations.default]\ntimeout = \"7s\"\n[services.s.operations.default]\n"
                           "use_cache = true")
                           .value();
  const profile effective = profile_for(made, "http://s/", "nobody_knows");
  EXPECT_EQ(effective.operation, "default");
  EXPECT_EQ(effective.timeout, 7s);
  EXPECT_TRUE(effective.use_cache);
  EXPECT_FALSE(profile_for(made, "http://other/", "nobody_knows").use_cache);
  EXPECT_EQ(profile_for(made, "http://s/", "").operation, "default");
}

TEST(OperationLevels, AnOperationThatIsNotBuiltInStandsOnDefault) {
  const options made = options::parse(R"(
[operations.default]
timeout = "7s"
cache_ttl = "8s"
vary = ["a"]
[operations.custom]
cache_ttl = "9s"
[services.s.operations.default]
vary = ["b"]
)")
                           .value();
  const profile custom = profile_for(made, "http://s/", "custom");
  EXPECT_EQ(custom.operation, "custom");
  EXPECT_EQ(custom.timeout, 7s);
  EXPECT_EQ(custom.cache_ttl, 9s);
  EXPECT_EQ(custom.vary, std::vector<std::string>{"b"});
  EXPECT_EQ(profile_for(made, "http://s/", "embedding").timeout, 60s) << "a built-in one has values of its own";
}

TEST(OperationLevels, AnOperationOfAnotherServiceIsNotKnownHere) {
  const options made = options::parse("[services.a.operations.mine]\ntimeout = \"1s\"\n[services.b]").value();
  EXPECT_EQ(profile_for(made, "http://a/", "mine").operation, "mine");
  EXPECT_EQ(profile_for(made, "http://b/", "mine").operation, "default");
}

}  // namespace
}  // namespace enlace
