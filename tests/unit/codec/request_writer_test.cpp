#include "codec/request_writer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

class RequestWriter : public testing::Test {
 protected:
  RequestWriter() {
    request_.method = "GET";
    request_.target = "/v1/items?a=1";
    request_.authority = "catalog:8080";
    request_.fields = &fields_;
  }
  std::string head() const {
    std::string out;
    append_request_head(out, request_);
    return out;
  }
  headers fields_;
  outgoing request_;
};

TEST_F(RequestWriter, WritesRequestLineHostAndAcceptedCodings) {
  EXPECT_EQ(head(),
            "GET /v1/items?a=1 HTTP/1.1\r\n"
            "Host: catalog:8080\r\n"
            "Accept-Encoding: gzip, deflate, br\r\n"
            "\r\n");
}

TEST_F(RequestWriter, WritesFieldsInTheirOrderThenTheAttemptsOwn) {
  fields_.add("Content-Type", "application/json");
  fields_.add("X-Tenant-ID", "acme");
  fields_.add("X-Empty", "");
  request_.method = "POST";
  request_.extra_fields = "X-Enlace-Timeout-Ms: 950\r\ntraceparent: 00-1-2-01\r\n";
  request_.has_body = true;
  request_.body = "{\"a\":1}";
  EXPECT_EQ(head(),
            "POST /v1/items?a=1 HTTP/1.1\r\n"
            "Host: catalog:8080\r\n"
            "Content-Type: application/json\r\n"
            "X-Tenant-ID: acme\r\n"
            "X-Empty: \r\n"
            "X-Enlace-Timeout-Ms: 950\r\n"
            "traceparent: 00-1-2-01\r\n"
            "Content-Length: 7\r\n"
            "Accept-Encoding: gzip, deflate, br\r\n"
            "\r\n");
}

TEST_F(RequestWriter, AppendsToWhatIsThere) {
  std::string out = "before";
  append_request_head(out, request_);
  EXPECT_EQ(out, "before" + head());
}

TEST_F(RequestWriter, LeavesOutTheBody) {
  request_.has_body = true;
  request_.body = "the body";
  EXPECT_EQ(head().find("the body"), std::string::npos);
}

TEST_F(RequestWriter, KeepsTheCallersAcceptEncoding) {
  fields_.add("accept-ENCODING", "zstd");
  const std::string text = head();
  EXPECT_NE(text.find("accept-ENCODING: zstd\r\n"), std::string::npos);
  EXPECT_EQ(text.find("gzip"), std::string::npos);
}

TEST_F(RequestWriter, SaysLengthZeroForMethodsThatPromiseABody) {
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    request_.method = method;
    EXPECT_NE(head().find("\r\nContent-Length: 0\r\n"), std::string::npos) << method;
  }
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "post", "QUERY"}) {
    request_.method = method;
    EXPECT_EQ(head().find("Content-Length"), std::string::npos) << method;
  }
}

TEST_F(RequestWriter, SaysTheLengthOfAnyBodyThatIsThere) {
  request_.method = "DELETE";
  request_.has_body = true;
  EXPECT_NE(head().find("\r\nContent-Length: 0\r\n"), std::string::npos);
  const std::string large(1234567, 'x');
  request_.body = large;
  EXPECT_NE(head().find("\r\nContent-Length: 1234567\r\n"), std::string::npos);
}

TEST_F(RequestWriter, IgnoresABodyThatIsNotToBeSent) {
  request_.method = "POST";
  request_.has_body = false;
  request_.body = "left over";
  EXPECT_NE(head().find("\r\nContent-Length: 0\r\n"), std::string::npos);
}

TEST_F(RequestWriter, SaysNothingOfTheConnection) { EXPECT_EQ(head().find("Connection"), std::string::npos); }

TEST_F(RequestWriter, EndsInOneBlankLine) {
  const std::string text = head();
  EXPECT_EQ(text.find("\r\n\r\n"), text.size() - 4);
}

TEST_F(RequestWriter, ABodyMadeOnTheWayGoesInChunksOrWithItsLength) {
  // Never asked here.
  const auto* const producer = reinterpret_cast<const body_producer*>(this);  // NOLINT
  request_.method = "POST";
  request_.has_body = true;
  request_.produce = producer;
  EXPECT_NE(head().find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(head().find("Content-Length"), std::string::npos);
  request_.body_length = 5'000'000'000;
  EXPECT_EQ(head().find("Transfer-Encoding"), std::string::npos);
  EXPECT_NE(head().find("\r\nContent-Length: 5000000000\r\n"), std::string::npos);
}

}  // namespace
}  // namespace enlace
