#include "config/text_file.hpp"

#include <sys/stat.h>

#include <string>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace enlace {
namespace {

using test::temporary_folder;

TEST(TextFile, ReadsAllOfAFile) {
  const temporary_folder folder;
  for (const std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 200'000U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(read_text_file(folder.write("f", text)).value(), text) << size;
  }
  const std::string bytes("a\0b\r\n\xff", 6);
  EXPECT_EQ(read_text_file(folder.write("f", bytes)).value(), bytes);
}

TEST(TextFile, SaysWhichFileAndWhy) {
  const temporary_folder folder;
  const result<std::string> missing = read_text_file(folder.file("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, error_code::configuration_error);
  EXPECT_EQ(missing.error().message, folder.file("missing: No such file or directory"));
  EXPECT_FALSE(read_text_file(""));
  EXPECT_FALSE(read_text_file(std::string("a\0b", 3)));
}

TEST(TextFile, RefusesWhatIsNoRegularFile) {
  const temporary_folder folder;
  EXPECT_NE(read_text_file(folder.file(".")).error().message.find("not a regular file"), std::string::npos);
  ASSERT_EQ(::mkfifo((folder.file("pipe")).c_str(), 0600), 0);
  EXPECT_FALSE(read_text_file(folder.file("pipe"))) << "and does not hang";
  EXPECT_FALSE(read_text_file("/dev/zero"));
}

TEST(TextFile, RefusesLargeFiles) {
  const temporary_folder folder;
  EXPECT_TRUE(read_text_file(folder.write("f", std::string(most_file_bytes, 'x'))));
  EXPECT_FALSE(read_text_file(folder.write("f", std::string(most_file_bytes + 1, 'x'))));
}

TEST(TextFile, FindsPathsBesideAFile) {
  EXPECT_EQ(beside("/etc/enlace/enlace.toml", "ca.pem"), "/etc/enlace/ca.pem");
  EXPECT_EQ(beside("/etc/enlace/enlace.toml", "/ca.pem"), "/ca.pem");
  EXPECT_EQ(beside("enlace.toml", "ca.pem"), "ca.pem");
  EXPECT_EQ(beside("conf/enlace.toml", "../ca.pem"), "conf/../ca.pem");
  EXPECT_EQ(beside("", "ca.pem"), "ca.pem");
  EXPECT_EQ(beside("/etc/enlace.toml", ""), "");
}

}  // namespace
}  // namespace enlace
