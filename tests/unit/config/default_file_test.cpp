#include "config/default_file.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(DefaultFileName, IsWhatTheEnvironmentSaysElseEnlaceToml) {
  EXPECT_EQ(find_default_file({}).path, "enlace.toml");
  EXPECT_FALSE(find_default_file({}).must_exist);
  EXPECT_EQ(find_default_file({{"ENLACE_CONFIG", "/etc/x.toml"}}).path, "/etc/x.toml");
  EXPECT_TRUE(find_default_file({{"ENLACE_CONFIG", "/etc/x.toml"}}).must_exist);
  EXPECT_EQ(find_default_file({{"ENLACE_CONFIG", ""}}).path, "enlace.toml");
}

}  // namespace
}  // namespace enlace
