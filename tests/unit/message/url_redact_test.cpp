#include <string>
#include <string_view>
#include <utility>

#include <enlace/url.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

std::string redacted(std::string_view text) { return url::parse(text).value().redacted(); }

TEST(UrlRedacted, LeavesOrdinaryUrlsAlone) {
  for (const std::string_view text :
       {"http://h/", "https://h:8443/a/b", "http://h/?", "http://h/?a", "http://h/?a=1&b=2", "http://h/?a=1&&b=;c",
        "http://[::1]:8080/x?encoding=utf8&postcode=75001&page=2&spin=1&signal=x", "http+unix://%2Frun%2Fm.sock/a?b=c",
        "http://h/?country_codes=fr&compass=n"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

TEST(UrlRedacted, HasNoUserinfo) {
  EXPECT_EQ(redacted("http://user:secret@h/x"), "http://h/x");
  EXPECT_EQ(redacted("http+unix://user:secret@%2Fs/x"), "http+unix://%2Fs/x");
}

TEST(UrlRedacted, HidesWhatLooksSecret) {
  for (const std::string_view name : {"key",
                                      "api_key",
                                      "apikey",
                                      "api-key",
                                      "X-API-KEY",
                                      "AWSAccessKeyId",
                                      "X-Amz-Signature",
                                      "X-Amz-Credential",
                                      "X-Amz-Security-Token",
                                      "token",
                                      "access_token",
                                      "id_token_hint",
                                      "client_secret",
                                      "password",
                                      "passwd",
                                      "pwd",
                                      "passphrase",
                                      "sig",
                                      "signature",
                                      "auth",
                                      "Authorization",
                                      "oauth_verifier",
                                      "code",
                                      "user.code",
                                      "session",
                                      "sessionid",
                                      "sid",
                                      "jwt",
                                      "client_assertion",
                                      "otp",
                                      "pin",
                                      "pass",
                                      "se%63ret",
                                      "%6Bey",
                                      "a%5Bkey%5D",
                                      "hmac"}) {
    const std::string text = "http://h/p?x=1&" + std::string(name) + "=hide-me&y=2";
    const std::string shown = redacted(text);
    EXPECT_EQ(shown.find("hide-me"), std::string::npos) << shown;
    EXPECT_TRUE(shown.starts_with("http://h/p?x=1&")) << shown;
    EXPECT_TRUE(shown.ends_with("=REDACTED&y=2")) << shown;
  }
}

TEST(UrlRedacted, ShowsTheRestOfTheQuery) {
  EXPECT_EQ(redacted("http://h/?token=a&token=b"), "http://h/?token=REDACTED&token=REDACTED");
  EXPECT_EQ(redacted("http://h/?token=a=b=c&x=1"), "http://h/?token=REDACTED&x=1");
  EXPECT_EQ(redacted("http://h/?a=1;token=b;c=2"), "http://h/?a=1;token=REDACTED;c=2");
  EXPECT_EQ(redacted("http://h/?token="), "http://h/?token=");
  EXPECT_EQ(redacted("http://h/?token"), "http://h/?token");
  EXPECT_EQ(redacted("http://h/?token=%26x&=y"), "http://h/?token=REDACTED&=y");
}

}  // namespace
}  // namespace enlace
