#include "cache/storable.hpp"

#include <malloc.h>

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

reply with_header(std::string_view name, std::string_view value) {
  reply made = reply::success_with("x");
  made.headers().add(name, value);
  return made;
}

TEST(Storable, SuccessesOnly) {
  EXPECT_TRUE(storable(reply::success_with("x")));
  EXPECT_FALSE(storable(reply(error(error_code::not_found, "no"))));
}

TEST(Storable, NothingThatSetsACookie) { EXPECT_FALSE(storable(with_header("set-cookie", "id=1"))); }

TEST(Storable, NoStoreInAnyForm) {
  for (const char* value : {"no-store", "NO-Store", "max-age=60, no-store", "no-store,max-age=60", " \tno-store ",
                            "private=\"x, y\", no-store", "no-store=1", ",, no-store", "a=\"\\\"\", no-store"}) {
    EXPECT_FALSE(storable(with_header("cache-control", value))) << value;
  }
}

TEST(Storable, OtherDirectivesDoNotForbid) {
  for (const char* value : {"", "max-age=60", "no-store-ever", "x-no-store", "private=\"no-store\"", "a=\", no-store",
                            "no-cache", ",", "\"", "\"\\", "no store", "=no-store"}) {
    EXPECT_TRUE(storable(with_header("Cache-Control", value))) << value;
  }
}

TEST(Storable, LooksAtEveryCacheControlLine) {
  reply made = with_header("Cache-Control", "max-age=60");
  made.headers().add("Cache-Control", "no-store");
  EXPECT_FALSE(storable(made));
}

/// The bytes that the allocator holds for `count` copies, by its own account.
std::size_t measured(const reply& answer, std::size_t count) {
  std::vector<std::shared_ptr<const reply>> copies(count);
  const std::size_t before = mallinfo2().uordblks;
  for (auto& copy : copies) copy = std::make_shared<const reply>(answer);
  return (mallinfo2().uordblks - before) / count;
}

bool allocator_keeps_account() { return measured(reply::success_with(json::string(10'000U, 'x')), 10) > 10'000; }

void expect_honest(const reply& answer) {
  const auto real = static_cast<double>(measured(answer, 200));
  const auto told = static_cast<double>(footprint(reply(answer)));
  EXPECT_GE(told, real * 0.9);
  EXPECT_LE(told, real * 1.25 + 64);
}

TEST(Footprint, IsNearWhatTheAllocatorGivesOut) {
  if (!allocator_keeps_account()) GTEST_SKIP() << "the allocator in use keeps no account";
  expect_honest(reply::success_with(nullptr));
  expect_honest(reply::success_with("short"));
  expect_honest(reply::success_with(json::string(250U, 'x'), std::string(100, 'm')));
  expect_honest(reply::success_with(parse_json(R"({"a":1,"b":"some longer text here","c":{"d":[1,2,3]}})").value()));

  json::array embedding;
  for (int i = 0; i < 768; ++i) embedding.push_back(i * 0.001);
  expect_honest(reply::success_with(object("embedding", embedding, "model", "small", "dimensions", 768)));

  json::object wide;
  for (int i = 0; i < 300; ++i) wide[std::string("a key of some length ") + std::to_string(i)] = i;
  expect_honest(reply::success_with(wide));

  reply full = reply::success_with("x");
  full.headers().add("Content-Type", "application/json");
  full.headers().add("ETag", std::string(40, 'e'));
  full.metadata()["upstream"] = json::string(60U, 'u');
  full.extras()["usage"] = object("tokens", 5);
  full.call().service = "a service with a rather long name";
  full.call().trace_id = std::string(32, '0');
  full.trail().resize(5);
  expect_honest(full);
}

TEST(Footprint, CountsAFailureAndItsCause) {
  error failed(error_code::timeout_error, std::string(100, 'm'), object("status", 504));
  const std::size_t alone = footprint(reply(failed));
  failed.cause = std::make_shared<const error>(error_code::timeout_error, std::string(500, 'c'));
  EXPECT_GT(footprint(reply(failed)), alone + 500);
}

}  // namespace
}  // namespace enlace
