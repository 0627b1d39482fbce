#include <type_traits>

#include <enlace/stream_event.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(StreamEvent, HasItsParts) {
  const stream_event none;
  EXPECT_TRUE(none.type.empty() && none.data.empty() && none.id.empty());
  const stream_event event("message", "{}", "7");
  EXPECT_EQ(event.type, "message");
  EXPECT_EQ(event.data, "{}");
  EXPECT_EQ(event.id, "7");
  static_assert(!std::is_aggregate_v<stream_event>);
}

TEST(StreamEvent, ItsValueIsTheDataAsJson) {
  EXPECT_EQ(stream_event("", R"({"a":[1,0.5]})", "").value().value(), object("a", array(1, 0.5)));
  EXPECT_EQ(stream_event("", " null ", "").value().value(), nullptr);
}

TEST(StreamEvent, DataThatIsNoJsonIsAnError) {
  for (const std::string_view data : {"", "[DONE]", "{", "1 2"}) {
    const result<json::value> value = stream_event("", data, "").value();
    ASSERT_FALSE(value) << data;
    EXPECT_EQ(value.error().code, error_code::validation_error) << data;
  }
}

}  // namespace
}  // namespace enlace
