#include "message/content_type.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

using enum content_type::charset;

TEST(ContentType, MayBeMissing) {
  EXPECT_FALSE(content_type(std::nullopt).given());
  for (const char* header : {"", " ", ";", " ; charset=utf-8", ","})
    EXPECT_FALSE(content_type(header).given()) << header;
  EXPECT_FALSE(content_type(std::nullopt).is_json());
  EXPECT_FALSE(content_type(std::nullopt).is_text());
}

TEST(ContentType, KnowsJson) {
  for (const char* header :
       {"application/json", "Application/JSON;charset=x", "a/b+json", "a/b+JSON ; v=1", "text/json"}) {
    EXPECT_TRUE(content_type(header).is_json()) << header;
  }
  for (const char* header : {"application/jsonp", "json", "application/x-ndjson", "text/plain; a=b+json", "+jso"}) {
    EXPECT_FALSE(content_type(header).is_json()) << header;
  }
}

TEST(ContentType, KnowsProblems) {
  EXPECT_TRUE(content_type("application/Problem+json; charset=utf-8").is_problem());
  EXPECT_TRUE(content_type("application/problem+json").is_json());
  EXPECT_FALSE(content_type("application/problem+xml").is_problem());
}

TEST(ContentType, KnowsText) {
  for (const char* header : {"text/plain", "TEXT/HTML", "application/xml", "a/b+xml", "a/b+yaml", "application/yaml",
                             "application/x-anything; charset=utf-8"}) {
    EXPECT_TRUE(content_type(header).is_text()) << header;
  }
  for (const char* header : {"image/png", "application/octet-stream", "tex", "x/text/", "application/pdf; version=1"}) {
    EXPECT_FALSE(content_type(header).is_text()) << header;
  }
}

TEST(ContentType, ReadsTheCharset) {
  EXPECT_EQ(content_type("text/plain").text_charset(), none);
  EXPECT_EQ(content_type("text/plain; charset=").text_charset(), none);
  EXPECT_EQ(content_type("text/plain; charset=\"\"").text_charset(), none);
  EXPECT_EQ(content_type("text/plain; xcharset=latin1").text_charset(), none);
  EXPECT_EQ(content_type("text/plain;charset=UTF-8").text_charset(), utf8);
  EXPECT_EQ(content_type("text/plain ; a ; CHARSET = \"utf8\" ; b=c").text_charset(), utf8);
  EXPECT_EQ(content_type("text/plain; charset='utf-8'").text_charset(), utf8);
  EXPECT_EQ(content_type("text/plain; charset=US-ASCII").text_charset(), ascii);
  EXPECT_EQ(content_type("text/plain; charset=ISO_8859-1").text_charset(), latin1);
  EXPECT_EQ(content_type("text/plain; charset=utf-8; charset=latin1").text_charset(), utf8);
  EXPECT_EQ(content_type("text/plain; charset=\"").text_charset(), other);
  EXPECT_EQ(content_type("text/plain; charset=utf-16").text_charset(), other);
  EXPECT_EQ(content_type("text/plain, text/html; charset=latin1").text_charset(), none);
}

TEST(ContentType, KnowsStreams) {
  EXPECT_TRUE(content_type("text/event-stream; charset=utf-8").is_event_stream());
  EXPECT_FALSE(content_type("text/plain").is_event_stream());
  for (const char* header :
       {"application/x-ndjson", "application/NDJSON", "application/jsonl", "application/stream+json"}) {
    EXPECT_TRUE(content_type(header).is_json_lines()) << header;
  }
  EXPECT_FALSE(content_type("application/json").is_json_lines());
  EXPECT_TRUE(content_type("text/html; charset=utf-8").is_page());
  EXPECT_TRUE(content_type("application/xhtml+xml").is_page());
  EXPECT_FALSE(content_type("text/plain").is_page());
}

}  // namespace
}  // namespace enlace
