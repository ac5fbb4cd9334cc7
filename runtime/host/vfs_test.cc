#include "runtime/host/vfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/host/vfs_testing.h"

namespace slipway::host {
namespace {

TEST_F(VfsTest, ReadsAndCreatesBelowAMount) {
  Grant("data", "/data");
  MakeDir("data/sub");
  MakeFile("data/sub/a", "hello");
  Start();
  EXPECT_EQ(Read("/data/sub/a"), "hello");
  EXPECT_EQ(Read("//data/./sub//a"), "hello");
  EXPECT_EQ(Read("/data/sub/../sub/a"), "hello");
  EXPECT_GE(Open("/data/new", O_CREAT | O_EXCL | O_WRONLY, 0600), 0);
  struct stat st;
  ASSERT_EQ(::stat(Host("data/new").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
  EXPECT_EQ(Open("/data/new", O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
}

TEST_F(VfsTest, GivesTheLowestNumber) {
  Grant("data", "/data");
  MakeFile("data/f");
  MakeLink("data/absolute", "/data/f");
  Start();
  const int first = ::open("/dev/null", O_RDONLY);
  ::close(first);
  for (const char* path :
       {"/data/f", "/data/absolute", "/dev/null", "/proc/self/stat", "/"}) {
    const int fd = Open(path);
    EXPECT_EQ(fd, first) << path;
    EXPECT_TRUE(files_.Close({fd}).ok());
  }
}

TEST_F(VfsTest, RefusesWhatIsNotGrantedAndSaysHowToGrantIt) {
  Grant("data", "/data");
  Start();
  EXPECT_EQ(Open("/home/secret"), -ENOENT);
  ASSERT_FALSE(denials_.empty());
  EXPECT_EQ(denials_.back().first, "/home");
  EXPECT_EQ(Open("/srv", O_CREAT | O_WRONLY), -EACCES);
  EXPECT_EQ(denials_.back().second, "--dir HOST::/");
  EXPECT_EQ(Open("/data/missing"), -ENOENT);
  EXPECT_EQ(denials_.size(), 2u);
}

TEST_F(VfsTest, LinksNeverLeaveTheMount) {
  Grant("data", "/data");
  MakeFile("outside", "secret");
  MakeLink("data/relative", "../outside");
  MakeLink("data/absolute", Host("outside"));
  MakeLink("data/deep", "../../../../../../../../etc/hostname");
  Start();
  EXPECT_EQ(Open("/data/relative"), -ENOENT);
  EXPECT_EQ(Open("/data/absolute"), -ENOENT);
  EXPECT_EQ(Open("/data/deep"), -ENOENT);
  EXPECT_EQ(Open("/data/../outside"), -ENOENT);
  EXPECT_EQ(Open("/data/relative", O_CREAT | O_WRONLY), -EACCES);
}

TEST_F(VfsTest, LinksAreResolvedInTheGuestsTerms) {
  Grant("data", "/srv/data");
  Grant("lib", "/usr/lib");
  MakeFile("lib/x", "found");
  MakeLink("data/absolute", "/usr/lib/x");
  MakeLink("data/up", "../../usr/lib/x");
  MakeLink("data/chain", "absolute");
  MakeLink("data/dir", "/usr/lib/");
  MakeLink("data/loop", "loop");
  MakeLink("data/dangling", "/srv/data/made");
  Start();
  EXPECT_EQ(Read("/srv/data/absolute"), "found");
  EXPECT_EQ(Read("/srv/data/up"), "found");
  EXPECT_EQ(Read("/srv/data/chain"), "found");
  EXPECT_EQ(Read("/srv/data/dir/x"), "found");
  EXPECT_EQ(Read("/srv/data/../../usr/lib/x"), "found");
  EXPECT_EQ(Open("/srv/data/loop"), -ELOOP);
  EXPECT_EQ(Open("/srv/data/absolute", O_NOFOLLOW), -ELOOP);
  EXPECT_EQ(Open("/srv/data/dangling", O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
  EXPECT_GE(Open("/srv/data/dangling", O_CREAT | O_WRONLY), 0);
  EXPECT_TRUE(std::filesystem::exists(Host("data/made")));
}

TEST_F(VfsTest, TrailingSlashesMeanDirectories) {
  Grant("data", "/data");
  MakeDir("data/dir");
  MakeFile("data/file");
  MakeLink("data/todir", "/data/dir");
  Start();
  EXPECT_GE(Open("/data/dir/"), 0);
  EXPECT_GE(Open("/data/todir/", O_NOFOLLOW), 0);
  EXPECT_EQ(Open("/data/file/"), -ENOTDIR);
  EXPECT_EQ(Open("/data/../data/file/"), -ENOTDIR);
  EXPECT_EQ(Open("/data/none/", O_CREAT | O_WRONLY), -EISDIR);
  EXPECT_EQ(Open("/data/../data/none/", O_CREAT | O_WRONLY), -EISDIR);
  EXPECT_EQ(Open("/data/file", O_DIRECTORY), -ENOTDIR);
}

TEST_F(VfsTest, NestedMountsHideWhatIsBelowThem) {
  Grant("outer", "/a");
  MakeDir("outer/b");
  MakeFile("outer/b/f", "outer");
  MakeFile("outer/g", "outer g");
  Grant("inner", "/a/b");
  MakeFile("inner/f", "inner");
  Start();
  EXPECT_EQ(Read("/a/b/f"), "inner");
  EXPECT_EQ(Read("/a/g"), "outer g");
  EXPECT_EQ(Read("/a/b/../g"), "outer g");
}

TEST_F(VfsTest, ARootMountKeepsDevicesAndProc) {
  Grant("root", "/");
  MakeDir("root/etc");
  MakeFile("root/etc/passwd", "own");
  MakeDir("root/dev");
  MakeFile("root/dev/sda", "device");
  Start();
  EXPECT_EQ(Read("/etc/passwd"), "own");
  EXPECT_EQ(Open("/etc/hosts"), -ENOENT);
  EXPECT_EQ(Read("/dev/null"), "");
  EXPECT_EQ(Open("/dev/sda"), -ENOENT);
  EXPECT_NE(Read("/proc/self/comm"), "");
  EXPECT_GE(Open("/made", O_CREAT | O_WRONLY), 0);
}

TEST_F(VfsTest, NameServersAreGrantedByAddress) {
  Start();
  EXPECT_EQ(Read("/etc/resolv.conf"),
            "# no name server is granted: --connect ADDRESS:53\n");
}

TEST_F(VfsTest, AMountOfDevAddsToTheDevices) {
  Grant("dev", "/dev");
  MakeFile("dev/log", "own");
  MakeFile("dev/null", "not this one");
  Start();
  EXPECT_EQ(Read("/dev/log"), "own");
  EXPECT_EQ(Read("/dev/null"), "");
  EXPECT_EQ(Read("/etc/hosts").substr(0, 9), "127.0.0.1");
}

TEST_F(VfsTest, ReadOnlyMountsStayAsTheyAre) {
  Grant("ro", "/ro", /*read_only=*/true);
  MakeFile("ro/f", "x");
  MakeLink("ro/l", "/ro/f");
  ASSERT_EQ(::mkfifo(Host("ro/fifo").c_str(), 0600), 0);
  Start();
  EXPECT_EQ(Read("/ro/f"), "x");
  EXPECT_EQ(Open("/ro/f", O_WRONLY), -EROFS);
  EXPECT_EQ(Open("/ro/l", O_RDWR), -EROFS);
  EXPECT_EQ(Open("/ro/f", O_RDONLY | O_TRUNC), -EROFS);
  EXPECT_EQ(Open("/ro/new", O_CREAT | O_WRONLY), -EROFS);
  EXPECT_EQ(Open("/ro/f", O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
  EXPECT_EQ(Open("/ro/none", O_WRONLY), -ENOENT);
  EXPECT_EQ(Open("/ro", O_TMPFILE | O_RDWR), -EROFS);
  EXPECT_GE(Open("/ro/f", O_CREAT | O_RDONLY), 0);
  EXPECT_GE(Open("/ro/fifo", O_RDWR | O_NONBLOCK), 0);
  const int fd = Open("/ro/f");
  EXPECT_EQ(vfs_->CheckWritable(*files_.Find({fd})).error().code, EROFS);
  EXPECT_EQ(Open("/proc/self/fd/" + std::to_string(fd), O_RDWR), -EROFS);
  EXPECT_EQ(denials_.back().second, "--dir HOST::/ro without :ro");
}

TEST_F(VfsTest, RelativePathsFollowTheWorkingDirectory) {
  Grant("data", "/data");
  MakeDir("data/a/b");
  MakeFile("data/f", "up");
  Start();
  EXPECT_EQ(*vfs_->CurrentDirectory(), "/");
  ASSERT_TRUE(vfs_->ChangeDirectory(At("/data/a/b")).ok());
  EXPECT_EQ(*vfs_->CurrentDirectory(), "/data/a/b");
  EXPECT_EQ(Read("../../f"), "up");
  EXPECT_EQ(Read("../../../data/f"), "up");
  std::filesystem::rename(Host("data/a"), Host("data/c"));
  EXPECT_EQ(*vfs_->CurrentDirectory(), "/data/c/b");
  ASSERT_TRUE(vfs_->ChangeDirectory(At("../../..")).ok());
  EXPECT_EQ(*vfs_->CurrentDirectory(), "/");
  EXPECT_EQ(Read("data/f"), "up");
  EXPECT_EQ(vfs_->ChangeDirectory(At("data/f")).error().code, ENOTDIR);
  EXPECT_EQ(vfs_->ChangeDirectory(At("nowhere")).error().code, ENOENT);
}

TEST_F(VfsTest, ARemovedWorkingDirectoryHasNoPath) {
  Grant("data", "/data");
  MakeDir("data/a");
  Start();
  ASSERT_TRUE(vfs_->ChangeDirectory(At("/data/a")).ok());
  std::filesystem::remove(Host("data/a"));
  EXPECT_EQ(vfs_->CurrentDirectory().error().code, ENOENT);
  EXPECT_EQ(Open("x", O_CREAT | O_WRONLY), -ENOENT);
}

TEST_F(VfsTest, ResolvesRelativeToDirectoryDescriptors) {
  Grant("data", "/data");
  MakeDir("data/a");
  MakeFile("data/f", "up");
  Start();
  const GuestFd dir{Open("/data/a", O_DIRECTORY)};
  EXPECT_GE(OpenAt(dir, "new", O_CREAT | O_WRONLY), 0);
  EXPECT_GE(OpenAt(dir, "../f"), 0);
  EXPECT_EQ(OpenAt(dir, "../../../../../etc/hostname"), -ENOENT);
  EXPECT_EQ(OpenAt({99}, "f"), -EBADF);
  EXPECT_EQ(OpenAt({OpenAt(dir, "../f")}, "x"), -ENOTDIR);
  const GuestFd root{Open("/")};
  EXPECT_GE(OpenAt(root, "data/f"), 0);
  ASSERT_TRUE(vfs_->ChangeDirectory(dir).ok());
  EXPECT_EQ(*vfs_->CurrentDirectory(), "/data/a");
}

TEST_F(VfsTest, LocatesEntries) {
  Grant("data", "/data");
  MakeDir("data/a");
  MakeLink("data/l", "/data/a");
  Start();
  constexpr auto kCreate = Vfs::EntryUse::kCreate;
  constexpr auto kExisting = Vfs::EntryUse::kExisting;
  auto place = vfs_->LocateEntry(At("/data/l/new/"), kCreate);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->entry(), "new/");
  ASSERT_EQ(::mkdirat(place->directory.get(), place->entry().c_str(), 0755), 0);
  EXPECT_TRUE(std::filesystem::exists(Host("data/a/new")));
  place = vfs_->LocateEntry(At("/data/l"), kExisting);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->name, "l");
  EXPECT_EQ(vfs_->LocateEntry(At("/data"), kCreate).error().code, EEXIST);
  EXPECT_EQ(vfs_->LocateEntry(At("/data/a/.."), kExisting).error().code, EBUSY);
  EXPECT_EQ(vfs_->LocateEntry(At("/data/."), kExisting).error().code, EINVAL);
  EXPECT_EQ(vfs_->LocateEntry(At("/"), kCreate).error().code, EEXIST);
  EXPECT_EQ(vfs_->LocateEntry(At("/x"), kCreate).error().code, EACCES);
  EXPECT_EQ(vfs_->LocateEntry(At("/dev/null"), kExisting).error().code, EACCES);
}

// A thread swaps an entry with a link out of the mount while another opens
// through it: nothing but the file inside may ever be seen.
class VfsSwapTest : public VfsTest {
 protected:
  void ExpectInside(const char* entry, const char* link,
                    std::initializer_list<const char*> paths) {
    std::atomic<bool> stop = false;
    std::thread swapper([&] {
      while (!stop) {
        ::renameat2(AT_FDCWD, Host(entry).c_str(), AT_FDCWD, Host(link).c_str(),
                    RENAME_EXCHANGE);
      }
    });
    int seen = 0;
    for (int i = 0; i < 4000; ++i) {
      for (const char* path : paths) {
        const std::string content = Read(path);
        EXPECT_TRUE(content == "inside" || content == "error 2") << content;
        if (content == "inside") ++seen;
      }
    }
    stop = true;
    swapper.join();
    EXPECT_GT(seen, 0);
  }
};

TEST_F(VfsSwapTest, ConcurrentSwapsDoNotEscape) {
  Grant("data", "/data");
  MakeDir("data/dir");
  MakeFile("data/dir/f", "inside");
  MakeDir("out");
  MakeFile("out/f", "outside");
  MakeLink("data/other", "../out");
  MakeLink("data/absolute", "/data/dir/f");
  Start();
  ExpectInside("data/dir", "data/other",
               {"/data/dir/f", "/data/absolute", "/data/dir/../dir/f"});
}

// The same where the kernel is not told to look for escapes.
TEST_F(VfsSwapTest, NothingEscapesAMountWithSomethingVirtual) {
  Grant("data", "/");
  MakeDir("data/dir");
  MakeFile("data/dir/f", "inside");
  MakeDir("out");
  MakeFile("out/f", "outside");
  MakeLink("data/other", "../out");
  Start();
  ExpectInside("data/dir", "data/other", {"/dir/f", "dir/f"});
}

// The same with the file itself, whose name alone is the path.
TEST_F(VfsSwapTest, ASwappedNameIsNotFollowedOutOfTheMount) {
  Grant("data", "/data");
  MakeFile("data/f", "inside");
  MakeFile("outside", "outside");
  MakeLink("data/link", "../outside");
  Start();
  ASSERT_TRUE(vfs_->ChangeDirectory(At("/data")).ok());
  ExpectInside("data/f", "data/link", {"f", "/data/f"});
}

TEST_F(VfsTest, KnowsPathsOfOneName) {
  Grant("data", "/data");
  Grant("top", "/top");
  Grant("top/sub", "/top/sub");
  Start();
  for (const char* path :
       {"/data/f", "/data//f", "//data/..f", "/top/sub/f", "/top/f"}) {
    EXPECT_TRUE(vfs_->FindOneName(At(path))) << path;
  }
  for (const char* path :
       {"", "/", "/data", "/data/", "/data/.", "/data/..", "/data/f/",
        "/data/a/f", "/data/../f", "/top/sub", "/top/sub/", "/dev/null", "f",
        "/dev/pts/0", "/proc/self/fd/0"}) {
    EXPECT_FALSE(vfs_->FindOneName(At(path))) << path;
  }
  ASSERT_TRUE(vfs_->ChangeDirectory(At("/data")).ok());
  EXPECT_TRUE(vfs_->FindOneName(At("f")));
  EXPECT_FALSE(vfs_->FindOneName(At("..")));
  EXPECT_FALSE(vfs_->FindOneName(At("./f")));
}

TEST_F(VfsTest, KnowsPathsThatLeadDown) {
  Grant("data", "/data");
  Start();
  for (const char* path : {"/data", "/data/f", "/data/f/", "/data/./a/f"}) {
    EXPECT_TRUE(vfs_->FindDownward(At(path))) << path;
  }
  for (const char* path :
       {"", "/", "/data/a/..", "/data/a/../f", "/dev/null", "f"}) {
    EXPECT_FALSE(vfs_->FindDownward(At(path))) << path;
  }
  EXPECT_TRUE(vfs_->FindToOpen(At("/data/a/f"), O_RDWR));
  // Who opens these wants to know what it is.
  EXPECT_FALSE(vfs_->FindToOpen(At("/data/a/f"), O_PATH));
  EXPECT_FALSE(vfs_->FindToOpen(At("/data/a/f"), O_DIRECTORY));
}

// Where the kernel resolves by itself, it must not come to what is virtual.
TEST_F(VfsTest, AMountWithSomethingVirtualIsResolvedDownwardOnly) {
  Grant("root", "/");
  MakeDir("root/dev");
  MakeFile("root/dev/null", "hidden");
  MakeDir("root/sub/dev");
  MakeFile("root/sub/dev/null", "shown");
  MakeLink("root/sub/up", "../dev/null");
  MakeLink("root/sub/absolute", "/dev/null");
  MakeLink("root/devices", "dev");
  Start();
  EXPECT_TRUE(vfs_->FindOneName(At("f")));
  EXPECT_TRUE(vfs_->FindOneName(At("/f")));
  EXPECT_FALSE(vfs_->FindOneName(At("dev")));
  EXPECT_FALSE(vfs_->FindOneName(At("/dev")));
  for (const char* path :
       {"dev/null", "/dev/null", "./dev/null", "sub/../dev/null",
        "/sub/../dev/null", "/./dev/null", "sub/up", "/sub/up", "sub/absolute",
        "devices/null", "/devices/null"}) {
    EXPECT_EQ(Read(path), "") << path;
  }
  EXPECT_EQ(Read("/sub/dev/null"), "shown");
  EXPECT_EQ(Read("sub/dev/null"), "shown");
  const GuestFd sub{Open("sub", O_DIRECTORY)};
  const GuestFd root{Open("/", O_DIRECTORY)};
  const std::string link = "/proc/self/fd/" + std::to_string(sub.number);
  EXPECT_EQ(Read(link + "/dev/null"), "shown");
  EXPECT_GE(OpenAt(root, "sub/dev/null"), 0);
  for (const GuestFd directory : {sub, root}) {
    ASSERT_TRUE(vfs_->ChangeDirectory(directory).ok());
    EXPECT_EQ(Read("dev/null"), directory.number == sub.number ? "shown" : "");
    EXPECT_EQ(Read("sub/up"), directory.number == sub.number ? "error 2" : "");
  }
}

TEST_F(VfsTest, LinksAreSeenWithoutFollowingThem) {
  Grant("data", "/data");
  MakeDir("data/a");
  MakeFile("data/a/f", "file");
  MakeLink("data/a/link", "f");
  MakeLink("data/b", "a");
  Start();
  EXPECT_EQ(Read("/data/a/link"), "file");
  EXPECT_EQ(Read("/data/b/link"), "file");
  EXPECT_EQ(Open("/data/b/link", O_RDONLY | O_NOFOLLOW), -ELOOP);
  EXPECT_EQ(Open("/data/b/link", O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
  auto link = vfs_->Locate(At("/data/b/link"), Follow::kNo);
  ASSERT_TRUE(link.ok());
  EXPECT_EQ(*vfs_->ReadLink(*link), "f");
}

TEST_F(VfsTest, DirectoriesNeedNotBeOpenedAsSuch) {
  Grant("data", "/data");
  MakeDir("data/a");
  MakeFile("data/a/f");
  Start();
  const GuestFd plain{Open("/data/a")};
  const GuestFd path{Open("/data/a", O_PATH)};
  for (const GuestFd dir : {plain, path}) {
    EXPECT_GE(OpenAt(dir, "f"), 0);
    EXPECT_GE(OpenAt(dir, "f"), 0);
    EXPECT_EQ(files_.Find(dir)->kind, FdKind::kDirectory);
    EXPECT_TRUE(vfs_->ChangeDirectory(dir).ok());
  }
  const GuestFd file{Open("/data/a/f")};
  EXPECT_EQ(OpenAt(file, "x"), -ENOTDIR);
  EXPECT_EQ(vfs_->ChangeDirectory(file).error().code, ENOTDIR);
  const std::string link = "/proc/self/fd/" + std::to_string(file.number);
  EXPECT_EQ(Open(link + "/x"), -ENOTDIR);
  const std::string dir = "/proc/self/fd/" + std::to_string(plain.number);
  EXPECT_GE(Open(dir + "/f"), 0);
}

}  // namespace
}  // namespace slipway::host
