#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include <enlace/config_file.hpp>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace enlace {
namespace {

using test::temporary_folder;

class ConfigFile : public testing::Test {
 protected:
  /// Writes the file with a stamp long past, as one that was not changed just now.
  void write(const std::string& text, long seconds_ago = 1000) {
    folder_.write("enlace.toml", text);
    timespec times[2];
    ASSERT_EQ(::clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec -= seconds_ago;
    times[1] = times[0];
    ASSERT_EQ(::utimensat(AT_FDCWD, path().c_str(), times, 0), 0);
  }
  [[nodiscard]] std::string path() const { return folder_.file("enlace.toml"); }
  static std::string name(const config_file& file) { return file.current()->values().client.name; }

  temporary_folder folder_;
};

TEST_F(ConfigFile, HasTheBuiltInOptionsAtFirst) {
  write("[client]\nname = \"a\"");
  const config_file file(path(), {});
  EXPECT_EQ(name(file), "enlace");
  EXPECT_EQ(file.path(), path());
}

TEST_F(ConfigFile, ReloadReads) {
  write("[client]\nname = \"a\"");
  config_file file(path(), {});
  EXPECT_EQ(file.reload().value()->values().client.name, "a");
  EXPECT_EQ(name(file), "a");
}

TEST_F(ConfigFile, ReadsOnlyWhenTheFileChanged) {
  write("[client]\nname = \"a\"", 1000);
  config_file file(path(), {});
  EXPECT_TRUE(file.reload_if_changed().value()) << "nothing was read before";
  const auto first = file.current();
  EXPECT_FALSE(file.reload_if_changed().value());
  EXPECT_EQ(file.current(), first);
  write("[client]\nname = \"b\"", 900);
  EXPECT_TRUE(file.reload_if_changed().value());
  EXPECT_EQ(name(file), "b");
  EXPECT_EQ(first->values().client.name, "a") << "those in use do not change";
}

TEST_F(ConfigFile, SeesAFileThatWasMovedIntoPlace) {
  write("[client]\nname = \"a\"");
  config_file file(path(), {});
  ASSERT_TRUE(file.reload());
  struct stat before{};
  ASSERT_EQ(::stat(path().c_str(), &before), 0);
  folder_.write("next", "[client]\nname = \"b\"");
  const timespec times[2] = {before.st_mtim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder_.file("next")).c_str(), times, 0), 0);
  std::filesystem::rename(folder_.file("next"), path());
  EXPECT_TRUE(file.reload_if_changed().value()) << "same size and time, another file";
  EXPECT_EQ(name(file), "b");
}

TEST_F(ConfigFile, SeesASecondChangeWithinTheSameTick) {
  folder_.write("enlace.toml", "[client]\nname = \"a\"");
  config_file file(path(), {});
  ASSERT_TRUE(file.reload());
  struct stat before{};
  ASSERT_EQ(::stat(path().c_str(), &before), 0);
  folder_.write("enlace.toml", "[client]\nname = \"b\"");
  const timespec times[2] = {before.st_mtim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, path().c_str(), times, 0), 0);
  EXPECT_TRUE(file.reload_if_changed().value()) << "same file, size and time, but only just read";
  EXPECT_EQ(name(file), "b");
}

TEST_F(ConfigFile, AnInvalidFileChangesNothingAndIsReportedOnce) {
  write("[client]\nname = \"a\"", 1000);
  config_file file(path(), {});
  ASSERT_TRUE(file.reload());
  write("[client]\nnme = \"b\"", 900);
  const result<bool> look = file.reload_if_changed();
  ASSERT_FALSE(look);
  EXPECT_EQ(look.error().code, error_code::configuration_error);
  EXPECT_NE(look.error().message.find("enlace.toml:2: unknown key 'nme'"), std::string::npos);
  EXPECT_EQ(name(file), "a");
  EXPECT_FALSE(file.reload_if_changed().value()) << "not reported again";
  EXPECT_FALSE(file.reload()) << "but whoever asks is told";
  write("[client]\nname = \"c\"", 800);
  EXPECT_TRUE(file.reload_if_changed().value());
  EXPECT_EQ(name(file), "c");
}

TEST_F(ConfigFile, AnInvalidFileThatWasJustWrittenIsReportedOnceToo) {
  folder_.write("enlace.toml", "nonsense");
  config_file file(path(), {});
  EXPECT_FALSE(file.reload_if_changed());
  EXPECT_FALSE(file.reload_if_changed().value());
}

TEST_F(ConfigFile, AFileThatGoesAwayChangesNothing) {
  write("[client]\nname = \"a\"");
  config_file file(path(), {});
  ASSERT_TRUE(file.reload());
  std::filesystem::remove(path());
  const result<bool> look = file.reload_if_changed();
  ASSERT_FALSE(look);
  EXPECT_NE(look.error().message.find("No such file"), std::string::npos);
  EXPECT_FALSE(file.reload_if_changed().value());
  EXPECT_EQ(name(file), "a");
  write("[client]\nname = \"a\"");
  EXPECT_TRUE(file.reload_if_changed().value()) << "back again";
}

TEST_F(ConfigFile, TheEnvironmentCountsOverTheFile) {
  write("[client]\nname = \"a\"");
  config_file file(path(), {{"ENLACE_CLIENT__NAME", "over"}});
  ASSERT_TRUE(file.reload());
  EXPECT_EQ(name(file), "over");
}

TEST_F(ConfigFile, TheDefaultFileMayComeLater) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.file("."));
  config_file file(std::string(), environment{{"ENLACE_CLIENT__NAME", "over"}, {"NAME", "x"}});
  EXPECT_EQ(file.path(), "enlace.toml");
  EXPECT_TRUE(file.reload());
  EXPECT_EQ(name(file), "over");
  EXPECT_FALSE(file.reload_if_changed().value());
  folder_.write("enlace.toml", "[limits]\nmax_in_flight = 3");
  EXPECT_TRUE(file.reload_if_changed().value());
  EXPECT_EQ(file.current()->values().limits.max_in_flight, 3);
  std::filesystem::remove(path());
  EXPECT_FALSE(file.reload_if_changed()) << "once it was there it is missed";
  EXPECT_EQ(file.current()->values().limits.max_in_flight, 3);
  std::filesystem::current_path(before);
}

TEST_F(ConfigFile, TheFileThatTheEnvironmentNamesMustBeThere) {
  config_file file(std::string(), environment{{"ENLACE_CONFIG", folder_.file("missing.toml")}});
  EXPECT_EQ(file.path(), folder_.file("missing.toml"));
  EXPECT_FALSE(file.reload());
}

TEST_F(ConfigFile, MayBeReadByManyThreadsWhileItIsReloaded) {
  write("[client]\nname = \"a\"");
  config_file file(path(), {});
  ASSERT_TRUE(file.reload());
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    while (!done) {
      if (name(file).size() != 1) ++wrong;
    }
  });
  std::thread other([&] {
    for (int i = 0; i < 200; ++i) static_cast<void>(file.reload_if_changed());
  });
  for (int i = 0; i < 200; ++i) {
    // Moved into place, as a reader of a file half written would rightly find no name.
    folder_.write("next", i % 2 == 0 ? "[client]\nname = \"b\"" : "[client]\nname = \"a\"");
    std::filesystem::rename(folder_.file("next"), path());
    ASSERT_TRUE(file.reload());
  }
  other.join();
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace enlace
