#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <enlace/call_event.hpp>
#include <gtest/gtest.h>

namespace enlace::test {

/// In every place of a URL where a secret can stand.
inline constexpr std::string_view planted_url =
    "http://planted-user:planted-password@model:8000/v1/"
    "chat?api_key=planted-key&model=small&X-Amz-Signature=planted-sig";
/// An error's message that shows it, and others.
inline constexpr std::string_view planted_message =
    "GET http://planted-user:planted-password@model:8000/v1/chat?api_key=planted-key&model=small failed; "
    "see (postgres://admin:planted-password@db/x), /next?token=planted-key#part, a=1&access_token=planted-key";

inline void expect_nothing_planted(std::string_view text) {
  EXPECT_EQ(text.find("planted"), std::string_view::npos) << text;
}

/// Ids that are all that digit pair, and sampled.
inline span_place place_of(std::uint8_t trace, std::uint8_t span, std::uint8_t parent = 0) {
  span_place made;
  made.trace_id.fill(trace);
  made.span_id.fill(span);
  made.parent_id.fill(parent);
  made.sampled = true;
  return made;
}

/// 2023-11-14T22:13:20Z
inline const wall_time some_day{std::chrono::duration_cast<wall_time::duration>(std::chrono::seconds(1'700'000'000))};

inline attempt_event attempt_of(const url& target) {
  attempt_event made;
  made.service = "model";
  made.operation = "chat";
  made.method = "POST";
  made.target = &target;
  made.status = 200;
  made.began = some_day;
  made.elapsed = std::chrono::milliseconds(25);
  made.place = place_of(0x11, 0x33, 0x22);
  return made;
}

inline call_event call_of(const url& target) {
  call_event made;
  made.service = "model";
  made.operation = "chat";
  made.method = "POST";
  made.target = &target;
  made.status = 200;
  made.attempts = 1;
  made.began = some_day;
  made.elapsed = std::chrono::microseconds(30'250);
  made.place = place_of(0x11, 0x22);
  return made;
}

}  // namespace enlace::test
