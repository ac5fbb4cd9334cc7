#include "runtime/host/private_directory.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

class PrivateDirectoryTest : public testing::Test {
 protected:
  PrivateDirectoryTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "privateXXXXXX").string();
    parent_ = ::mkdtemp(name.data());
  }
  ~PrivateDirectoryTest() override { std::filesystem::remove_all(parent_); }

  static bool Exists(const std::string& path) {
    return std::filesystem::exists(path);
  }

  std::string parent_;
};

TEST_F(PrivateDirectoryTest, EachIsAnother) {
  const auto one = MakePrivateDirectory(parent_);
  const auto two = MakePrivateDirectory(parent_);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(one->path, two->path);
  EXPECT_TRUE(Exists(one->path) && Exists(two->path));
}

TEST_F(PrivateDirectoryTest, GoesWhenNobodyHasItsLock) {
  auto one = MakePrivateDirectory(parent_);
  ASSERT_TRUE(one.ok());
  std::filesystem::create_directory(one->path + "/directory");
  std::ofstream(one->path + "/directory/file") << "content";
  one->lock = OwnedFd();
  const auto two = MakePrivateDirectory(parent_);
  ASSERT_TRUE(two.ok());
  EXPECT_FALSE(Exists(one->path));
}

TEST_F(PrivateDirectoryTest, StaysForAForkedProcess) {
  auto one = MakePrivateDirectory(parent_);
  ASSERT_TRUE(one.ok());
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ::pause();
  }
  one->lock = OwnedFd();
  ASSERT_TRUE(MakePrivateDirectory(parent_).ok());
  EXPECT_TRUE(Exists(one->path));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(MakePrivateDirectory(parent_).ok());
  EXPECT_FALSE(Exists(one->path));
}

TEST_F(PrivateDirectoryTest, LeavesOthersAlone) {
  std::filesystem::create_directory(parent_ + "/other");
  std::ofstream(parent_ + "/slipway-file") << "content";
  std::filesystem::create_directory_symlink(parent_ + "/other",
                                            parent_ + "/slipway-link");
  ASSERT_TRUE(MakePrivateDirectory(parent_).ok());
  EXPECT_TRUE(Exists(parent_ + "/other"));
  EXPECT_TRUE(Exists(parent_ + "/slipway-file"));
  EXPECT_TRUE(Exists(parent_ + "/slipway-link"));
}

TEST_F(PrivateDirectoryTest, ReportsAMissingParent) {
  EXPECT_EQ(MakePrivateDirectory(parent_ + "/none").error(), Errno{ENOENT});
}

}  // namespace
}  // namespace slipway::host
