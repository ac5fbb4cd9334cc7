// Calls that take a path: path_*.cc and directory.cc.

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/syscalls/call_testing.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

using Stat = struct stat;

class PathCalls : public CallTest {
 protected:
  void SetUp() override {
    Grant("data", "/data");
    Grant("ro", "/ro", /*read_only=*/true);
    MakeFile("data/f", "content");
    MakeFile("ro/f", "content");
    MakeLink("data/l", "/data/f");
    Boot();
  }
  Stat StatOf(const std::string& path) {
    const GuestPtr st = Room(sizeof(Stat));
    EXPECT_EQ(Value(lstat(*call_, Put(path), st)), 0) << path;
    return Get<Stat>(st);
  }
  std::string LinkOf(const std::string& path) {
    const GuestPtr buffer = Room(256);
    const int64_t size = Value(readlink(*call_, Put(path), buffer, 256));
    return size < 0 ? "error" : Text(buffer, static_cast<size_t>(size));
  }
};

TEST_F(PathCalls, StatDescribesFilesLinksAndSyntheticNodes) {
  EXPECT_EQ(StatOf("/data/f").st_size, 7);
  EXPECT_TRUE(S_ISLNK(StatOf("/data/l").st_mode));
  EXPECT_TRUE(S_ISDIR(StatOf("/").st_mode));
  EXPECT_TRUE(S_ISDIR(StatOf("/proc/self").st_mode));
  EXPECT_TRUE(S_ISCHR(StatOf("/dev/null").st_mode));
  const GuestPtr st = Room(sizeof(Stat));
  EXPECT_EQ(Value(stat(*call_, Put("/data/l"), st)), 0);
  EXPECT_TRUE(S_ISREG(Get<Stat>(st).st_mode));
  EXPECT_EQ(Value(stat(*call_, Put("/nowhere"), st)), -ENOENT);
  EXPECT_EQ(Value(stat(*call_, Put(""), st)), -ENOENT);
  EXPECT_EQ(Value(stat(*call_, Put("/data/f/x"), st)), -ENOTDIR);
  const GuestFd fd{static_cast<int>(Value(open(*call_, Put("/"), 0, 0)))};
  EXPECT_EQ(Value(fstat(*call_, fd, st)), 0);
  EXPECT_TRUE(S_ISDIR(Get<Stat>(st).st_mode));
  EXPECT_EQ(Value(newfstatat(*call_, {AT_FDCWD}, Put(""), st, AT_EMPTY_PATH)),
            0);
}

// A thread swaps the file with a link out of the mount: neither the link nor
// what it leads to may be taken for the file.
TEST_F(PathCalls, StatDoesNotFollowANameOutOfTheMount) {
  MakeFile("outside", "longer than the file inside");
  MakeLink("data/out", "../outside");
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      ::renameat2(AT_FDCWD, Host("data/f").c_str(), AT_FDCWD,
                  Host("data/out").c_str(), RENAME_EXCHANGE);
    }
  });
  const GuestPtr path = Put("/data/f");
  const GuestPtr st = Room(sizeof(Stat));
  int seen = 0;
  for (int i = 0; i < 4000; ++i) {
    const int64_t result = Value(stat(*call_, path, st));
    EXPECT_TRUE(result == 0 || result == -ENOENT) << result;
    if (result != 0) continue;
    EXPECT_EQ(Get<Stat>(st).st_size, 7);
    EXPECT_TRUE(S_ISREG(Get<Stat>(st).st_mode));
    ++seen;
  }
  stop = true;
  swapper.join();
  EXPECT_GT(seen, 0);
}

TEST_F(PathCalls, StatxReportsTheSame) {
  const GuestPtr stx = Room(sizeof(struct statx));
  EXPECT_EQ(Value(statx(*call_, {AT_FDCWD}, Put("/data/f"), 0,
                        STATX_BASIC_STATS, stx)),
            0);
  EXPECT_EQ(Get<struct statx>(stx).stx_size, 7u);
  EXPECT_EQ(
      Value(statx(*call_, {AT_FDCWD}, Put("/proc"), 0, STATX_BASIC_STATS, stx)),
      0);
  EXPECT_TRUE(S_ISDIR(Get<struct statx>(stx).stx_mode));
}

TEST_F(PathCalls, EntriesComeAndGo) {
  EXPECT_EQ(Value(mkdir(*call_, Put("/data/d"), 0755)), 0);
  EXPECT_EQ(Value(mkdir(*call_, Put("/data/d"), 0755)), -EEXIST);
  EXPECT_EQ(Value(rename(*call_, Put("/data/f"), Put("/data/d/g"))), 0);
  EXPECT_EQ(Value(link(*call_, Put("/data/d/g"), Put("/data/h"))), 0);
  EXPECT_EQ(StatOf("/data/h").st_nlink, 2u);
  EXPECT_EQ(Value(link(*call_, Put("/data/l"), Put("/data/m"))), 0);
  EXPECT_TRUE(S_ISLNK(StatOf("/data/m").st_mode));
  EXPECT_EQ(Value(symlink(*call_, Put("d/g"), Put("/data/s"))), 0);
  EXPECT_EQ(Read("/data/s"), "content");
  EXPECT_EQ(Value(rmdir(*call_, Put("/data/d"))), -ENOTEMPTY);
  EXPECT_EQ(Value(unlink(*call_, Put("/data/d"))), -EISDIR);
  EXPECT_EQ(Value(unlink(*call_, Put("/data/d/g"))), 0);
  EXPECT_EQ(Value(rmdir(*call_, Put("/data/d/"))), 0);
  EXPECT_EQ(Value(mknod(*call_, Put("/data/p"), S_IFIFO | 0600, 0)), 0);
  EXPECT_EQ(Value(mknod(*call_, Put("/data/n"), S_IFCHR | 0600, 259)), -EPERM);
  EXPECT_EQ(Value(mkdir(*call_, Put("/outside"), 0755)), -EACCES);
  EXPECT_EQ(Value(rmdir(*call_, Put("/data"))), -EBUSY);
}

TEST_F(PathCalls, MountsAreSeparateFileSystems) {
  EXPECT_EQ(Value(link(*call_, Put("/ro/f"), Put("/data/g"))), -EXDEV);
  EXPECT_EQ(Value(rename(*call_, Put("/ro/f"), Put("/data/g"))), -EROFS);
}

TEST_F(PathCalls, ReadOnlyMountsRefuseEveryChange) {
  EXPECT_EQ(Value(mkdir(*call_, Put("/ro/d"), 0755)), -EROFS);
  EXPECT_EQ(Value(mkdir(*call_, Put("/ro/f"), 0755)), -EEXIST);
  EXPECT_EQ(Value(unlink(*call_, Put("/ro/f"))), -EROFS);
  EXPECT_EQ(Value(chmod(*call_, Put("/ro/f"), 0600)), -EROFS);
  EXPECT_EQ(Value(chown(*call_, Put("/ro/f"), 0, 0)), -EROFS);
  EXPECT_EQ(Value(utimes(*call_, Put("/ro/f"), {0})), -EROFS);
  EXPECT_EQ(Value(truncate(*call_, Put("/ro/f"), 0)), -EROFS);
  EXPECT_EQ(
      Value(setxattr(*call_, Put("/ro/f"), Put("user.a"), Put("x"), 1, 0)),
      -EROFS);
  EXPECT_EQ(Value(access(*call_, Put("/ro/f"), W_OK)), -EROFS);
  EXPECT_EQ(Value(access(*call_, Put("/ro/f"), R_OK)), 0);
  const GuestFd fd{
      static_cast<int>(Value(open(*call_, Put("/ro/f"), O_RDONLY, 0)))};
  EXPECT_EQ(Value(fchmod(*call_, fd, 0600)), -EROFS);
  EXPECT_EQ(Value(utimensat(*call_, fd, {0}, {0}, 0)), -EROFS);
}

TEST_F(PathCalls, AttributesChange) {
  EXPECT_EQ(Value(chmod(*call_, Put("/data/l"), 0640)), 0);
  EXPECT_EQ(StatOf("/data/f").st_mode & 0777, 0640u);
  EXPECT_EQ(Value(truncate(*call_, Put("/data/f"), 2)), 0);
  EXPECT_EQ(Read("/data/f"), "co");
  const timespec times[2] = {{1, 0}, {2, 5}};
  EXPECT_EQ(
      Value(utimensat(*call_, {AT_FDCWD}, Put("/data/f"), PutValue(times), 0)),
      0);
  EXPECT_EQ(StatOf("/data/f").st_mtim.tv_sec, 2);
  EXPECT_EQ(StatOf("/data/f").st_mtim.tv_nsec, 5);
  EXPECT_EQ(
      Value(setxattr(*call_, Put("/data/f"), Put("trusted.a"), Put("x"), 1, 0)),
      -EPERM);
  const uint32_t old = static_cast<uint32_t>(Value(umask(*call_, 077)));
  EXPECT_EQ(Value(umask(*call_, old)), 077);
}

TEST_F(PathCalls, WorkingDirectoryAndLinks) {
  const GuestPtr buffer = Room(64);
  EXPECT_EQ(Value(chdir(*call_, Put("/data"))), 0);
  EXPECT_EQ(Value(getcwd(*call_, buffer, 64)), 6);
  EXPECT_EQ(Text(buffer, 6), std::string("/data\0", 6));
  EXPECT_EQ(Value(getcwd(*call_, buffer, 5)), -ERANGE);
  EXPECT_EQ(Value(access(*call_, Put("f"), F_OK)), 0);
  EXPECT_EQ(LinkOf("l"), "/data/f");
  EXPECT_EQ(LinkOf("/proc/self/exe"), start_.executable);
  EXPECT_EQ(LinkOf("/dev/stdin"), "/proc/self/fd/0");
  EXPECT_EQ(Value(readlink(*call_, Put("f"), buffer, 64)), -EINVAL);
  EXPECT_EQ(Value(readlink(*call_, Put("l"), buffer, 0)), -EINVAL);
}

TEST_F(PathCalls, DirectoriesAreListed) {
  for (const char* path : {"/data", "/dev"}) {
    const int64_t fd =
        Value(open(*call_, Put(path), O_RDONLY | O_DIRECTORY, 0));
    ASSERT_GE(fd, 0);
    const GuestPtr buffer = Room(2048);
    const int64_t size =
        Value(getdents64(*call_, {static_cast<int>(fd)}, buffer, 2048));
    ASSERT_GT(size, 0) << path;
    const char* wanted = std::strcmp(path, "/dev") == 0 ? "null" : "f";
    bool seen = false;
    for (int64_t at = 0; at < size;) {
      const GuestPtr record = buffer + static_cast<uint64_t>(at);
      seen |= Text(record + 19, std::strlen(wanted) + 1) ==
              std::string(wanted) + '\0';
      at += Get<uint16_t>(record + 16);
    }
    EXPECT_TRUE(seen) << path;
  }
}

TEST_F(PathCalls, OpenAt2KnowsTheBasicForm) {
  struct How {
    uint64_t flags, mode, resolve;
  };
  const GuestPtr path = Put("/data/f");
  const auto try_open = [&](How how, uint64_t size) {
    return Value(openat2(*call_, {AT_FDCWD}, path, PutValue(how), size));
  };
  EXPECT_GE(try_open({O_RDONLY, 0, 0}, 24), 0);
  EXPECT_EQ(try_open({O_RDONLY, 0644, 0}, 24), -EINVAL);
  EXPECT_EQ(try_open({O_RDONLY, 0, RESOLVE_BENEATH}, 24), -EXDEV);
  EXPECT_EQ(try_open({O_RDONLY, 0, 0x4000}, 24), -EINVAL);
  EXPECT_EQ(try_open({O_RDONLY, 0, 0}, 8), -EINVAL);
}

// A file that the process was started with, for reading.
TEST_F(PathCalls, AnInheritedFileIsNotChanged) {
  MakeFile("input", "content");
  const int fd = ::open(Host("input").c_str(), O_RDONLY | O_CLOEXEC);
  files_.AdoptInherited(fd);
  const GuestPtr link = Put("/proc/self/fd/" + std::to_string(fd));
  EXPECT_EQ(Value(open(*call_, link, O_RDONLY | O_TRUNC, 0)), -EACCES);
  EXPECT_EQ(Value(open(*call_, link, O_WRONLY, 0)), -EACCES);
  EXPECT_EQ(Value(truncate(*call_, link, 0)), -EROFS);
  EXPECT_EQ(Value(fchmod(*call_, {fd}, 0777)), -EROFS);
  EXPECT_EQ(std::filesystem::file_size(Host("input")), 7u);
  EXPECT_GE(Value(open(*call_, link, O_RDONLY, 0)), 0);
}

// While there is a process to be told so.
TEST_F(PathCalls, AMalformedModuleIsNotExecuted) {
  MakeFile("data/bad", std::string("\0asm", 4) + "garbage");
  ASSERT_EQ(::chmod(Host("data/bad").c_str(), 0700), 0);
  policy_.rights.Add(sandbox::Right::exec);
  start_.compile = [](std::string_view) -> absl::StatusOr<std::string> {
    return absl::AbortedError("offset 4: not a version");
  };
  EXPECT_EQ(Value(execve(*call_, Put("/data/bad"), {}, {})), -ENOEXEC);
  ASSERT_EQ(denials_.size(), 1u);
  EXPECT_EQ(denials_[0].first, "execute /data/bad: offset 4: not a version");
}

}  // namespace
}  // namespace slipway::sys
