#include "runtime/host/proc_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "gtest/gtest.h"
#include "runtime/host/memory_file.h"
#include "runtime/host/vfs_testing.h"

namespace slipway::host {
namespace {

TEST(RewriteStat, HidesAddresses) {
  std::string text = "42 (a ) b) S";
  for (int field = 4; field <= 52; ++field) {
    text += " " + std::to_string(field * 100);
  }
  const std::string result = RewriteStat(text + "\n");
  EXPECT_EQ(result.substr(0, 14), "42 (a ) b) S 4");
  EXPECT_NE(result.find(" 2400 2500 1 1 0 0 0 3100 "), std::string::npos);
  EXPECT_NE(result.find(" 4400 0 0 0 0 0 0 0 5200\n"), std::string::npos);
}

TEST(RewriteMaps, ShowsTheGuestsMappingsOnly) {
  const std::string text =
      "00001000-00002000 r-xp 00000000 08:01 7 /usr/bin/slipway\n"
      "Rss: 4 kB\n"
      "10001000-10003000 rw-p 00000000 00:00 0 \n"
      "Rss: 8 kB\n"
      "10003000-10005000 r--s 00001000 08:01 9 /home/me/file\n"
      "Rss: 2 kB\n"
      "10005000-10010000 ---p 00000000 00:00 0 \n"
      "Rss: 0 kB\n";
  EXPECT_EQ(
      RewriteMaps(text, {.base = 0x10000000, .size = 0x10000, .mapped = {}}),
      "00001000-00003000 rw-p 00000000 00:00 0 \n"
      "Rss: 8 kB\n"
      "00003000-00005000 r--s 00001000 08:01 9 \n"
      "Rss: 2 kB\n");
}

// For the kernel the reservation and what the guest has without permissions are
// one mapping.
TEST(RewriteMaps, TellsWhatTheGuestHasFromWhatIsReserved) {
  const std::string text =
      "10001000-10005000 ---p 00000000 00:00 0 \n"
      "Rss: 0 kB\n"
      "10005000-10007000 r--s 00001000 08:01 9 /home/me/file\n"
      "10007000-10010000 ---p 00000000 00:00 0 \n"
      "Rss: 1 kB\n";
  MapsView view{.base = 0x10000000, .size = 0x10000, .mapped = {}};
  view.mapped = {
      {0x2000, 0x3000, {}}, {0x4000, 0x6000, {}}, {0x6000, 0x7000, {}}};
  EXPECT_EQ(RewriteMaps(text, view),
            "00002000-00003000 ---p 00000000 00:00 0 \n"
            "00004000-00005000 ---p 00000000 00:00 0 \n"
            "Rss: 0 kB\n"
            "00005000-00007000 r--s 00001000 08:01 9 \n");
}

TEST_F(VfsTest, ProcIsMadeAnewFromTheStart) {
  Start();
  const int fd = Open("/proc/self/fd");
  ASSERT_GE(fd, 0);
  const int more = Open("/dev/null");
  ASSERT_GE(more, 0);
  const SysResult<Descriptor> listing = files_.Find({fd});
  ASSERT_TRUE(listing.ok());
  ASSERT_TRUE(vfs_->Refresh({fd}, *listing).ok());
  const SysResult<std::string> records = ReadDirents(fd, 4096);
  ASSERT_TRUE(records.ok());
  EXPECT_NE(records->find(std::to_string(more)), std::string::npos);
}

TEST_F(VfsTest, ProcHasDescriptorsAndThreadsByNumber) {
  Start();
  const int fd = Open("/dev/null");
  const std::string info = "/proc/self/fdinfo/" + std::to_string(fd);
  EXPECT_EQ(Read(info).substr(0, 4), "pos:");
  EXPECT_EQ(Open("/proc/self/fdinfo/999"), -ENOENT);
  EXPECT_EQ(Open("/proc/self/fdinfo/[fd]"), -ENOENT);
  EXPECT_EQ(Open("/proc/[pid]/stat"), -ENOENT);
  const std::string task = "/proc/self/task/" + std::to_string(::gettid());
  EXPECT_EQ(Read(task + "/comm"), Read("/proc/self/comm"));
  EXPECT_EQ(Open("/proc/self/task/1/comm"), -ENOENT);
}

TEST_F(VfsTest, ProcDescribesTheGuestsProcess) {
  Start();
  const std::string stat = Read("/proc/self/stat");
  int pid = 0;
  char name[32] = "";
  ASSERT_EQ(std::sscanf(stat.c_str(), "%d (%31[^)])", &pid, name), 2);
  EXPECT_EQ(pid, ::getpid());
  EXPECT_EQ(std::string(name) + "\n", Read("/proc/self/comm"));
  EXPECT_EQ(Read("/proc/self/cmdline"), std::string("prog\0-x\0", 8));
  const std::string own = "/proc/" + std::to_string(::getpid());
  EXPECT_EQ(Read(own + "/comm"), Read("/proc/self/comm"));
  EXPECT_EQ(Open("/proc/1/comm"), -ENOENT);
  EXPECT_NE(Read("/proc/meminfo").find("MemTotal"), std::string::npos);
  EXPECT_EQ(Open("/proc/meminfo", O_RDWR), -EACCES);
  EXPECT_NE(Read("/proc/self/status").find("VmRSS:"), std::string::npos);
}

TEST_F(VfsTest, DescriptorLinksReachOwnedDescriptorsOnly) {
  Grant("data", "/data");
  MakeFile("data/f", "content");
  Start();
  const int fd = Open("/data/f");
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  EXPECT_EQ(Read(link), "content");
  EXPECT_EQ(Read("/dev/fd/" + std::to_string(fd)), "content");
  auto located = vfs_->Locate(At(link), Follow::kNo);
  ASSERT_TRUE(located.ok());
  EXPECT_EQ(*vfs_->ReadLink(*located), "/data/f");
  const int runtimes = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(Open("/proc/self/fd/" + std::to_string(runtimes)), -ENOENT);
  ::close(runtimes);
  const GuestFd dir{Open("/data")};
  EXPECT_EQ(Read("/dev/fd/" + std::to_string(dir.number) + "/f"), "content");
  // No more access than the descriptor has.
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ASSERT_TRUE(files_.Adopt(ends[0], {FdKind::kPipe}).ok());
  ASSERT_TRUE(files_.Adopt(ends[1], {FdKind::kPipe}).ok());
  EXPECT_EQ(Open("/dev/fd/" + std::to_string(ends[0]), O_WRONLY), -EACCES);
}

TEST_F(VfsTest, LinksToTheProgram) {
  Start();
  auto located = vfs_->Locate(At("/proc/self/exe"), Follow::kNo);
  ASSERT_TRUE(located.ok());
  EXPECT_EQ(*vfs_->ReadLink(*located), "/bin/a-rather-long-name");
  EXPECT_EQ(vfs_->Locate(At("/proc/self/exe"), Follow::kYes).error().code,
            ENOENT);
}

TEST_F(VfsTest, ListsVirtualDirectories) {
  Grant("data", "/srv/data");
  Start();
  const int fd = Open("/", O_RDONLY | O_DIRECTORY);
  auto records = ReadDirents(fd, 4096);
  ASSERT_TRUE(records.ok());
  for (const char* name : {"srv", "dev", "proc", "etc"}) {
    EXPECT_NE(records->find(name), std::string::npos) << name;
  }
  EXPECT_EQ(*ReadDirents(fd, 4096), "");
  ASSERT_EQ(::lseek(fd, 0, SEEK_SET), 0);
  EXPECT_EQ(ReadDirents(fd, 8).error().code, EINVAL);
  EXPECT_EQ(ReadDirents(fd, 30)->size(), 24u);
  EXPECT_EQ(Open("/", O_WRONLY), -EISDIR);
  EXPECT_TRUE(S_ISDIR(vfs_->StatNode(0).st_mode));
}

TEST_F(VfsTest, SyntheticFilesCannotBeWritten) {
  Start();
  const int fd = Open("/etc/hosts");
  ASSERT_GE(fd, 0);
  EXPECT_EQ(::write(fd, "x", 1), -1);
  EXPECT_EQ(Open("/etc/hosts", O_WRONLY), -EACCES);
  EXPECT_GE(Open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC), 0);
}

}  // namespace
}  // namespace slipway::host
