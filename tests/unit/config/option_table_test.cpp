#include "config/option_table.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/option_check.hpp"
#include "config/option_text.hpp"

namespace enlace {
namespace {

constexpr table_kind all_kinds[] = {
    table_kind::client,  table_kind::context,          table_kind::cache, table_kind::limits,
    table_kind::tls,     table_kind::telemetry,        table_kind::admin, table_kind::operation,
    table_kind::service, table_kind::service_operation};

/// Another value of the same type that is in the option's range.
option_value another(const option_row& row) {
  switch (row.kind) {
    case option_kind::boolean:
      return true;
    case option_kind::integer:
      return std::int64_t{7};
    case option_kind::number:
      return 0.25;
    case option_kind::size:
      return std::uint64_t{4096};
    case option_kind::time:
    case option_kind::lifetime:
      return duration(std::chrono::seconds(7));
    case option_kind::text:
    case option_kind::text_or_none:
    case option_kind::secret:
    case option_kind::base_url:
    case option_kind::path:
      return std::string("x");
    case option_kind::scope:
      return cache_scope{cache_id::agent};
    default:
      return std::vector<std::string>{"x"};
  }
}

TEST(OptionTable, EveryOptionCanBeSetAndReadBackAndTouchesNoOther) {
  for (const table_kind kind : all_kinds) {
    const table_path table{kind, "s", "o"};
    for (const option_row& row : options_of(kind)) {
      settings values;
      values.services["s"].operations["o"];
      values.operations["o"];
      set_option(values, table, row, another(row));
      EXPECT_EQ(option_at(values, table, row), another(row)) << table.of(row.name);
      for (const option_row& other : options_of(kind)) {
        if (&other == &row) continue;
        EXPECT_EQ(option_at(values, table, other), default_of(kind, other)) << row.name << " changed " << other.name;
      }
    }
  }
}

TEST(OptionTable, NamesAreUniqueAndFound) {
  for (const table_kind kind : all_kinds) {
    std::set<std::string_view> names;
    for (const option_row& row : options_of(kind)) {
      EXPECT_TRUE(names.insert(row.name).second) << row.name;
      EXPECT_EQ(find_option(kind, row.name), &row);
      EXPECT_FALSE(row.doc.empty()) << row.name;
    }
    EXPECT_EQ(find_option(kind, "no such"), nullptr);
    EXPECT_EQ(find_option(kind, ""), nullptr);
  }
}

TEST(OptionTable, EveryDefaultIsValid) {
  for (const table_kind kind : all_kinds) {
    for (const option_row& row : options_of(kind)) {
      const option_value value = default_of(kind, row);
      if (std::holds_alternative<std::monostate>(value)) continue;
      EXPECT_EQ(check_option(row, value), "") << row.name;
    }
  }
}

TEST(OptionTable, AServiceHasAllOptionsOfAnOperation) {
  for (const option_row& row : options_of(table_kind::operation)) {
    const option_row* own = find_option(table_kind::service, row.name);
    ASSERT_NE(own, nullptr) << row.name;
    EXPECT_EQ(own->kind, row.kind);
  }
}

TEST(OptionTable, MakesTheTableThatItSetsAnOptionOf) {
  settings values;
  const option_row& timeout = *find_option(table_kind::operation, "timeout");
  EXPECT_EQ(option_at(values, service_operation_table("a", "b"), timeout), option_value());
  set_option(values, service_operation_table("a", "b"), timeout, duration(5));
  EXPECT_EQ(values.services.at("a").operations.at("b").timeout, duration(5));
}

TEST(OptionTable, ListsTheTablesThatThereAre) {
  settings values;
  EXPECT_EQ(tables_of(values).size(), single_tables.size());
  values.operations["x"];
  values.services["s"].operations["o"];
  std::string all;
  for (const table_path& table : tables_of(values)) all += table.text() + " ";
  EXPECT_EQ(all, "client context cache limits tls telemetry admin operations.x services.s services.s.operations.o ");
}

}  // namespace
}  // namespace enlace
