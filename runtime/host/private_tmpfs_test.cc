#include "runtime/host/private_tmpfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

class PrivateTmpfsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!MakePrivateTmpfs().ok()) GTEST_SKIP() << "may not mount here";
  }
};

TEST_F(PrivateTmpfsTest, HoldsFilesOfTheCaller) {
  const SysResult<OwnedFd> root = MakePrivateTmpfs();
  ASSERT_TRUE(root.ok());
  const OwnedFd file(
      ::openat(root->get(), "name", O_RDWR | O_CREAT | O_EXCL, 0600));
  ASSERT_TRUE(file.valid());
  struct stat st;
  ASSERT_EQ(::fstat(file.get(), &st), 0);
  EXPECT_EQ(st.st_uid, ::geteuid());
  EXPECT_EQ(st.st_gid, ::getegid());
  EXPECT_EQ(::linkat(root->get(), "name", root->get(), "other", 0), 0);
  EXPECT_EQ(::unlinkat(root->get(), "name", 0), 0);
}

TEST_F(PrivateTmpfsTest, EachIsAnother) {
  const SysResult<OwnedFd> one = MakePrivateTmpfs();
  const SysResult<OwnedFd> two = MakePrivateTmpfs();
  ASSERT_TRUE(one.ok() && two.ok());
  ASSERT_EQ(::mkdirat(one->get(), "directory", 0700), 0);
  EXPECT_NE(::faccessat(two->get(), "directory", F_OK, 0), 0);
}

TEST_F(PrivateTmpfsTest, IsBoundedAndRunsNothing) {
  const SysResult<OwnedFd> root = MakePrivateTmpfs();
  ASSERT_TRUE(root.ok());
  struct statvfs fs;
  ASSERT_EQ(::fstatvfs(root->get(), &fs), 0);
  EXPECT_GT(fs.f_blocks, 0u);
  EXPECT_LE(fs.f_blocks * fs.f_frsize,
            static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * 4096);
  EXPECT_NE(fs.f_flag & ST_NOEXEC, 0u);
  EXPECT_NE(fs.f_flag & ST_NODEV, 0u);
}

TEST_F(PrivateTmpfsTest, SurvivesItsFirstDescriptor) {
  SysResult<OwnedFd> root = MakePrivateTmpfs();
  ASSERT_TRUE(root.ok());
  const OwnedFd again(::openat(root->get(), ".", O_PATH | O_DIRECTORY));
  *root = OwnedFd();
  EXPECT_EQ(::mkdirat(again.get(), "directory", 0700), 0);
  EXPECT_EQ(::faccessat(again.get(), "directory", F_OK, 0), 0);
}

TEST_F(PrivateTmpfsTest, LeavesNoChild) {
  EXPECT_EQ(::waitpid(-1, nullptr, __WALL | WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace slipway::host
