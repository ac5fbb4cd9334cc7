#include "runtime/cache/known_digests.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace slipway::cache {
namespace {

class KnownDigestsTest : public testing::Test {
 protected:
  KnownDigestsTest() {
    std::string pattern = testing::TempDir() + "/digestsXXXXXX";
    directory_ = mkdtemp(pattern.data());
    file_ = directory_ + "/file";
    Write("content");
  }

  void Write(std::string_view content) {
    std::ofstream(file_, std::ios::binary) << content;
  }
  // As if the last change had been long ago.
  FileState Look() const {
    FileState state = FileState::Of(file_);
    state.looked_at += 3600;
    return state;
  }
  void Remember() const { known().Remember(Look(), Look(), digest_); }
  KnownDigests known() const { return KnownDigests(directory_); }

  const Digest digest_ = Sha256().Update("content").Finish();
  std::string directory_;
  std::string file_;
};

TEST_F(KnownDigestsTest, RemembersAFile) {
  EXPECT_EQ(known().Find(Look()), std::nullopt);
  Remember();
  EXPECT_EQ(known().Find(Look()), digest_);
  EXPECT_EQ(known().Find(FileState::Of(file_)), digest_);
}

TEST_F(KnownDigestsTest, AChangedFileIsAnother) {
  Remember();
  usleep(20'000);  // a tick of the file system's clock
  Write("CONTENT");
  EXPECT_EQ(known().Find(Look()), std::nullopt);
}

TEST_F(KnownDigestsTest, AFileWithItsOldTimeRestoredIsAnother) {
  Remember();
  struct stat before;
  ASSERT_EQ(stat(file_.c_str(), &before), 0);
  usleep(20'000);
  Write("CONTENT");
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, file_.c_str(), times, 0), 0);
  EXPECT_EQ(known().Find(Look()), std::nullopt);
}

TEST_F(KnownDigestsTest, DoesNotTrustWhatHasJustChanged) {
  const FileState now = FileState::Of(file_);
  known().Remember(now, now, digest_);
  EXPECT_EQ(known().Find(now), std::nullopt);
}

TEST_F(KnownDigestsTest, DoesNotTrustWhatChangedMeanwhile) {
  const FileState before = Look();
  usleep(20'000);
  Write("CONTENT");
  known().Remember(before, Look(), digest_);
  EXPECT_EQ(known().Find(before), std::nullopt);
  EXPECT_EQ(known().Find(Look()), std::nullopt);
}

TEST_F(KnownDigestsTest, DamagedEntriesAreNone) {
  Remember();
  for (const char* damage : {"", "short", "SLPYSUM1"}) {
    const FileState state = Look();
    char name[64];
    snprintf(name, sizeof(name), "/%lx-%lx", state.device, state.inode);
    std::ofstream(directory_ + name, std::ios::binary) << damage;
    EXPECT_EQ(known().Find(state), std::nullopt) << damage;
  }
}

TEST_F(KnownDigestsTest, OnlyRegularFiles) {
  const FileState state = FileState::Of(directory_);
  EXPECT_FALSE(state.is_file());
  EXPECT_FALSE(FileState::Of(directory_ + "/none").is_file());
  known().Remember(state, state, digest_);
  EXPECT_EQ(known().Find(state), std::nullopt);
}

}  // namespace
}  // namespace slipway::cache
