#include "config/option_reader.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/option_text.hpp"
#include "config/toml_reader.hpp"

namespace enlace {
namespace {

struct sample {
  table_kind table;
  std::string_view option;
};

/// An option of each kind.
constexpr sample a_boolean{table_kind::context, "tenant_in_body"};
constexpr sample an_integer{table_kind::client, "connections_per_host"};
constexpr sample a_number{table_kind::cache, "tenant_share"};
constexpr sample a_size{table_kind::client, "max_body_bytes"};
constexpr sample a_time{table_kind::service, "connect_timeout"};
constexpr sample a_lifetime{table_kind::operation, "cache_ttl"};
constexpr sample a_text{table_kind::client, "name"};
constexpr sample hosts{table_kind::service, "hosts"};
constexpr sample patterns{table_kind::context, "internal_hosts"};
constexpr sample header_names{table_kind::operation, "vary"};
constexpr sample a_scope{table_kind::operation, "cache_scope"};

std::string read(const sample& of, const raw_value& raw) {
  const option_row& row = *find_option(of.table, of.option);
  const value_or_fault<option_value> value = read_option(row, raw);
  return value ? format_option(row.kind, *value) : "! " + value.error().what;
}

std::string read_toml_value(const sample& of, const std::string& toml) {
  const auto document = read_toml("x = " + toml);
  if (!document) return "! not TOML";
  return read(of, document->members.front().value);
}

std::string read_untyped(const sample& of, const std::string& text) {
  raw_value raw;
  raw.text = text;
  raw.untyped = true;
  return read(of, raw);
}

TEST(OptionReader, ReadsEachKind) {
  EXPECT_EQ(read_toml_value(a_boolean, "true"), "true");
  EXPECT_EQ(read_toml_value(an_integer, "42"), "42");
  EXPECT_EQ(read_toml_value(a_number, "0.25"), "0.25");
  EXPECT_EQ(read_toml_value(a_number, "1"), "1");
  EXPECT_EQ(read_toml_value(a_size, "\"1MiB\""), "1MiB");
  EXPECT_EQ(read_toml_value(a_size, "4096"), "4KiB");
  EXPECT_EQ(read_toml_value(a_time, "\"2.5s\""), "2.5s");
  EXPECT_EQ(read_toml_value(a_lifetime, "\"1h\""), "1h");
  EXPECT_EQ(read_toml_value(a_lifetime, "0"), "0s");
  EXPECT_EQ(read_toml_value(a_lifetime, "\"never\""), "never");
  EXPECT_EQ(read_toml_value(a_text, "\"a b\""), "a b");
  EXPECT_EQ(read_toml_value(hosts, R"(["a:80", "b"])"), R"(["a:80", "b"])");
  EXPECT_EQ(read_toml_value(patterns, R"(["*.corp.example"])"), R"(["*.corp.example"])");
  EXPECT_EQ(read_toml_value(patterns, R"(["fd00::1", "8.8.8.8", "api.example"])"),
            R"(["fd00::1", "8.8.8.8", "api.example"])");
  EXPECT_EQ(read_toml_value(header_names, R"(["Accept-Language"])"), R"(["Accept-Language"])");
  EXPECT_EQ(read_toml_value(a_scope, R"(["collection", "agent"])"), R"(["tenant", "agent", "collection"])");
  EXPECT_EQ(read_toml_value(a_scope, "[]"), R"(["tenant"])");
}

TEST(OptionReader, RefusesEveryOtherType) {
  const struct {
    sample of;
    std::vector<std::string> wrong;
  } table[] = {
      {a_boolean, {"1", "0", "\"true\"", "\"yes\"", "[true]", "{}", "1.0", "2026-01-01"}},
      {an_integer, {"true", "1.0", "\"1\"", "[1]", "{}", "12:00:00"}},
      {a_number, {"true", "\"0.5\"", "[]", "{}", "nan", "inf", "-inf"}},
      {a_size, {"true", "1.5", "\"many\"", "[]", "{}", "-1", "\"-1\"", "\"64 MiB\""}},
      {a_time, {"true", "20", "2.5", "\"20\"", "\"soon\"", "[]", "{}", "\"\"", "\"never\"", "12:00:00"}},
      {a_lifetime, {"true", "20", "\"Never\"", "\"-1s\"", "false", "[]"}},
      {a_text, {"true", "1", "[]", "{}", "\"\"", "\"a\\u0000b\"", "\"a\\nb\""}},
      {hosts, {"\"a:80\"", "[1]", "[[\"a\"]]", "[\"http://a\"]", "[\"*.a\"]", "{}", "[\"\"]"}},
      {patterns,
       {"\"a\"", "[true]", "[\"*\"]", "[\"a:80\"]", "[\"a.b:80\"]", "[\"[::1]:80\"]", "[\"http://a\"]", "[\"\"]",
        "[\"a.*\"]", "[\"*.\"]", "[\"*.a:80\"]", "[\"unix:/run/x\"]"}},
      {header_names, {"\"a\"", "[1]", "[\"a b\"]", "[\"\"]", "[\"a:\"]"}},
      {a_scope, {"\"tenant\"", "[\"tenent\"]", "[1]", "true", "[\"Tenant\"]", "[\"\"]"}},
  };
  for (const auto& row : table) {
    for (const std::string& wrong : row.wrong) {
      EXPECT_TRUE(read_toml_value(row.of, wrong).starts_with("! ")) << row.of.option << " = " << wrong;
    }
  }
}

TEST(OptionReader, SaysWhatItExpectedAndWhatItGot) {
  EXPECT_EQ(read_toml_value(a_time, "20"),
            "! expected a duration such as \"500ms\", \"2.5s\" or \"10m\", got the number 20 without a unit");
  EXPECT_EQ(read_toml_value(an_integer, "\"9\""), "! expected a whole number, got '9'");
  EXPECT_EQ(read_toml_value(an_integer, "1.5"), "! expected a whole number, got the number 1.5");
  EXPECT_EQ(read_toml_value(a_boolean, "[]"), "! expected true or false, got a list");
  EXPECT_EQ(read_toml_value(a_boolean, "2026-01-01"), "! expected true or false, got a date or time");
  EXPECT_EQ(read_toml_value(hosts, "[1]"), "! expected a list of hosts, got the number 1");
  EXPECT_EQ(read_toml_value(a_scope, "[\"tenent\"]"), "! unknown id 'tenent'; did you mean 'tenant'?");
}

TEST(OptionReader, NamesTheRange) {
  EXPECT_EQ(read_toml_value(a_number, "1.5"), "! 1.5 is not more than 0 and at most 1");
  EXPECT_EQ(read_toml_value(a_number, "0"), "! 0 is not more than 0 and at most 1");
  EXPECT_EQ(read_toml_value(a_time, "\"0s\""), "! 0s is not more than 0s and at most 8760h");
  EXPECT_EQ(read_toml_value(a_time, "\"-1s\""), "! -1s is not more than 0s and at most 8760h");
  EXPECT_EQ(read_toml_value(an_integer, "0"), "! 0 is not at least 1 and at most 1000000");
  EXPECT_EQ(read_toml_value(an_integer, "9223372036854775807"),
            "! 9223372036854775807 is not at least 1 and at most 1000000");
  EXPECT_EQ(read_toml_value(a_size, "0"), "! 0B is not at least 1B and at most 1TiB");
}

TEST(OptionReader, ReadsAllKindsFromTheEnvironment) {
  EXPECT_EQ(read_untyped(a_boolean, "true"), "true");
  EXPECT_EQ(read_untyped(a_boolean, "false"), "false");
  EXPECT_EQ(read_untyped(an_integer, "42"), "42");
  EXPECT_EQ(read_untyped(a_number, "0.25"), "0.25");
  EXPECT_EQ(read_untyped(a_size, "1MiB"), "1MiB");
  EXPECT_EQ(read_untyped(a_time, "2.5s"), "2.5s");
  EXPECT_EQ(read_untyped(a_lifetime, "never"), "never");
  EXPECT_EQ(read_untyped(hosts, "a:80, b:90,c"), R"(["a:80", "b:90", "c"])");
  EXPECT_EQ(read_untyped(header_names, ""), "[]");
  EXPECT_EQ(read_untyped(a_scope, "agent"), R"(["tenant", "agent"])");
}

TEST(OptionReader, RefusesBadTextsFromTheEnvironment) {
  for (const char* text : {"", "True", "1", "yes", " true"}) {
    EXPECT_TRUE(read_untyped(a_boolean, text).starts_with("! ")) << text;
  }
  for (const char* text : {"", "1.5", "0x10", "1 ", "+1", "99999999999999999999"}) {
    EXPECT_TRUE(read_untyped(an_integer, text).starts_with("! ")) << text;
  }
  for (const char* text : {"", "nan", "inf", "0,5", "1e999", ".5x"}) {
    EXPECT_TRUE(read_untyped(a_number, text).starts_with("! ")) << text;
  }
  for (const char* text : {"a,,b", ",", "a b"}) EXPECT_TRUE(read_untyped(hosts, text).starts_with("! ")) << text;
}

TEST(OptionReader, NeverShowsWhatAReferenceStoodFor) {
  for (const sample& of : {a_boolean, an_integer, a_number, a_size, a_time, a_lifetime, hosts, patterns, header_names,
                           a_scope, sample{table_kind::tls, "ca_file"}}) {
    raw_value raw;
    raw.text = "hunter2 */";
    raw.untyped = true;
    raw.written = "${PASSWORD}";
    const std::string told = read(of, raw);
    EXPECT_TRUE(told.starts_with("! ")) << of.option << ": " << told;
    EXPECT_EQ(told.find("hunter2"), std::string::npos) << of.option << ": " << told;
    EXPECT_NE(told.find("${PASSWORD}"), std::string::npos) << of.option << ": " << told;
  }
}

}  // namespace
}  // namespace enlace
