#include "runtime/cache/object_cache.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/cache/file.h"

namespace slipway::cache {
namespace {

class ObjectCacheTest : public testing::Test {
 protected:
  ObjectCacheTest() {
    std::string pattern = testing::TempDir() + "/cacheXXXXXX";
    directory_ = mkdtemp(pattern.data());
  }

  ObjectCache OpenCache() {
    absl::StatusOr<ObjectCache> cache = ObjectCache::Open(directory_ + "/a/b");
    EXPECT_TRUE(cache.ok()) << cache.status();
    return *std::move(cache);
  }

  static Key KeyFor(std::string_view name) {
    return Sha256().Field(name).Finish();
  }

  static void Write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }

  static std::string Publish(const ObjectCache& cache, const Key& key,
                             std::string_view content) {
    const std::string partial = cache.PartialPath(key);
    Write(partial, content);
    absl::StatusOr<std::string> path = cache.Publish(key, partial);
    EXPECT_TRUE(path.ok()) << path.status();
    EXPECT_NE(access(partial.c_str(), F_OK), 0);
    return *path;
  }

  std::string directory_;
};

TEST_F(ObjectCacheTest, FindsWhatWasPublished) {
  const ObjectCache cache = OpenCache();
  const Key key = KeyFor("one");
  EXPECT_EQ(cache.Find(key), std::nullopt);
  const std::string path = Publish(cache, key, "the object");
  EXPECT_EQ(cache.Find(key), path);
  EXPECT_EQ(cache.Find(KeyFor("two")), std::nullopt);
  const absl::StatusOr<std::string> content = ReadFile(path);
  ASSERT_TRUE(content.ok());
  EXPECT_TRUE(content->starts_with("the object"));
}

TEST_F(ObjectCacheTest, DirectoriesArePrivate) {
  const ObjectCache cache = OpenCache();
  struct stat info;
  ASSERT_EQ(stat(cache.directory().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(ObjectCacheTest, TruncatedEntryIsAMissAndIsRemoved) {
  const ObjectCache cache = OpenCache();
  const std::string content(100000, 'x');
  for (const off_t size : {0, 10, 47, 48, 50000, 100000, 100047}) {
    const Key key = KeyFor(absl::StrCat("truncated", size));
    const std::string path = Publish(cache, key, content);
    ASSERT_EQ(truncate(path.c_str(), size), 0);
    EXPECT_EQ(cache.Find(key), std::nullopt) << size;
    EXPECT_NE(access(path.c_str(), F_OK), 0) << size;
  }
}

TEST_F(ObjectCacheTest, FlippedBitIsAMissWhereverItIs) {
  const ObjectCache cache = OpenCache();
  const Key key = KeyFor("flipped");
  const std::string content(1000, 'x');
  for (const size_t at : {0u, 500u, 999u, 1000u, 1008u, 1016u, 1047u}) {
    const std::string path = Publish(cache, key, content);
    std::string damaged = *ReadFile(path);
    damaged[at] ^= 4;
    Write(path, damaged);
    EXPECT_EQ(cache.Find(key), std::nullopt) << at;
  }
}

TEST_F(ObjectCacheTest, PublishingAgainReplaces) {
  const ObjectCache cache = OpenCache();
  const Key key = KeyFor("twice");
  Publish(cache, key, "first");
  const std::string path = Publish(cache, key, "second");
  EXPECT_TRUE(ReadFile(path)->starts_with("second"));
  EXPECT_EQ(cache.Find(key), path);
}

TEST_F(ObjectCacheTest, LockExcludesOtherProcesses) {
  const ObjectCache cache = OpenCache();
  const Key key = KeyFor("locked");
  const std::string shared = directory_ + "/counter";
  Write(shared, "0");
  constexpr int kProcesses = 8;
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    const auto lock = cache.Lock(key);
    if (!lock.ok()) _exit(1);
    const int seen = std::atoi(ReadFile(shared)->c_str());
    usleep(2000);
    Write(shared, absl::StrCat(seen + 1));
    _exit(0);
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = 1;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(*ReadFile(shared), absl::StrCat(kProcesses));
}

TEST_F(ObjectCacheTest, UnusableDirectoryIsAnErrorThatNamesIt) {
  const std::string file = directory_ + "/file";
  Write(file, "");
  const absl::StatusOr<ObjectCache> cache = ObjectCache::Open(file + "/cache");
  ASSERT_FALSE(cache.ok());
  EXPECT_NE(cache.status().message().find(file), std::string::npos);
}

TEST_F(ObjectCacheTest, DefaultFallsBackToATemporaryDirectory) {
  const std::string file = directory_ + "/file";
  Write(file, "");
  setenv("XDG_CACHE_HOME", file.c_str(), 1);
  setenv("TMPDIR", directory_.c_str(), 1);
  const absl::StatusOr<ObjectCache> cache = ObjectCache::OpenDefault();
  ASSERT_TRUE(cache.ok()) << cache.status();
  EXPECT_EQ(cache->directory(),
            absl::StrCat(directory_, "/slipway-cache-", geteuid()));
  chmod(cache->directory().c_str(), 0777);
  EXPECT_FALSE(ObjectCache::OpenDefault().ok()) << "anyone could write there";
}

}  // namespace
}  // namespace slipway::cache
