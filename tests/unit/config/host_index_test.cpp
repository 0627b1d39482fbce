#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string service_at(const options& made, std::string_view target) {
  return made.service_of(url::parse(target).value().endpoint());
}

TEST(HostIndex, FindsServicesByHostAndPort) {
  const options made = options::parse(R"(
[services.embedding]
hosts = ["embedding-service:8000", "127.0.0.1:9000", "[::1]:9000", "unix:/run/model.sock"]
[services.any]
hosts = ["Any-Port", "::2"]
[services.one-port]
hosts = ["any-port:81"]
)")
                           .value();
  EXPECT_EQ(service_at(made, "http://embedding-service:8000/x"), "embedding");
  EXPECT_EQ(service_at(made, "https://EMBEDDING-SERVICE:8000/x"), "embedding");
  EXPECT_EQ(service_at(made, "http://127.0.0.1:9000/"), "embedding");
  EXPECT_EQ(service_at(made, "http://[::1]:9000/"), "embedding");
  EXPECT_EQ(service_at(made, "http+unix://%2Frun%2Fmodel.sock/"), "embedding");
  EXPECT_EQ(service_at(made, "http://any-port/"), "any");
  EXPECT_EQ(service_at(made, "http://any-port.:8080/"), "any");
  EXPECT_EQ(service_at(made, "http://[::2]:5/"), "any");
  EXPECT_EQ(service_at(made, "http://any-port:81/"), "one-port") << "a port of its own wins";
}

TEST(HostIndex, OthersAreTheirAddress) {
  const options made = options::parse(sample_toml).value();
  EXPECT_EQ(service_at(made, "http://embedding-service:8001/"), "embedding-service:8001");
  EXPECT_EQ(service_at(made, "http://Other/"), "other:80");
  EXPECT_EQ(service_at(made, "https://other/"), "other:443");
  EXPECT_EQ(service_at(made, "http://[::1]/"), "[::1]:80");
  EXPECT_EQ(service_at(made, "http+unix://%2Frun%2Fx.sock/"), "unix:/run/x.sock");
}

TEST(HostIndex, AServiceWithoutHostsIsAtItsName) {
  const options made = options::parse("[services.embedding-service]\n[services.\"rag:8000\"]").value();
  EXPECT_EQ(service_at(made, "http://embedding-service:1234/"), "embedding-service");
  EXPECT_EQ(service_at(made, "http://rag:8000/"), "rag:8000");
  EXPECT_THAT(problems_in("[services.\"my service\"]"),
              ElementsAre("services.\"my service\": has no hosts, and its name is not one"));
  EXPECT_THAT(problems_in("[services.\"my service\"]\nhosts = [\"a\"]"), IsEmpty());
}

TEST(HostIndex, AHostHasOneService) {
  EXPECT_THAT(problems_in("[services.a]\nhosts = [\"x:80\"]\n[services.b]\nhosts = [\"X:80\"]"),
              ElementsAre("enlace.toml:4: services.b.hosts: 'X:80' is a host of services.a too"));
  EXPECT_THAT(problems_in("[services.a]\nhosts = [\"b\"]\n[services.b]"),
              ElementsAre("services.b.hosts: 'b' is a host of services.a too"));
  EXPECT_THAT(problems_in("[services.a]\nhosts = [\"x\", \"x\"]"), IsEmpty());
  EXPECT_THAT(problems_in("[services.a]\nhosts = [\"x\"]\n[services.b]\nhosts = [\"x:80\"]"), IsEmpty());
}

}  // namespace
}  // namespace enlace
