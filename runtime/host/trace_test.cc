#include "runtime/host/trace.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/host/testing/guest_memory_fixture.h"

namespace slipway::host {
namespace {

// Guest memory whose first page is not mapped, and a tracer into a pipe.
// Line() traces a call by its name and returns what was printed, without the
// padding before "=".
class TracerTest : public GuestMemoryFixture {
 protected:
  TracerTest() {
    EXPECT_TRUE(engine::InstallFaultHandlers().ok());
    mprotect(base_, 4096, PROT_NONE);
    EXPECT_EQ(pipe(ends_), 0);
  }
  ~TracerTest() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  int64_t PutText(uint64_t at, const char* text) {
    std::strcpy(reinterpret_cast<char*>(base_ + at), text);
    return at;
  }

  // All that was printed.
  std::string ReadAll() {
    char text[4096];
    const ssize_t count = read(ends_[0], text, sizeof(text));
    return Squeezed({text, static_cast<size_t>(count)});
  }
  // One line, without its end.
  std::string Read() {
    std::string line = ReadAll();
    EXPECT_EQ(line.back(), '\n');
    line.pop_back();
    return line;
  }
  static std::string Squeezed(std::string line) {
    const size_t gap = line.find("  ", 3);
    const size_t end = line.find_first_not_of(' ', gap);
    if (gap != line.npos) line.replace(gap, end - gap, " ");
    return line;
  }
  std::string Line(const char* name, std::vector<int64_t> args,
                   int64_t result) {
    const TraceCall* row = FindTraceCall(name);
    EXPECT_NE(row, nullptr) << name;
    Tracer(ends_[1]).Returned(*row, memory_, args, result);
    return Read();
  }

  int ends_[2];
};

TEST_F(TracerTest, PathsFlagsAndErrors) {
  const int64_t path = PutText(8000, "/etc/passwd");
  EXPECT_EQ(Line("openat", {AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0}, -ENOENT),
            "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC, 0) = -1 "
            "ENOENT (No such file or directory)");
  EXPECT_EQ(Line("open", {path, O_RDWR | O_CREAT | O_TRUNC, 0644}, 3),
            "open(\"/etc/passwd\", O_RDWR|O_CREAT|O_TRUNC, 0644) = 3");
}

TEST_F(TracerTest, PointersThatCannotBeRead) {
  EXPECT_EQ(Line("chdir", {0}, -EFAULT),
            "chdir(NULL) = -1 EFAULT (Bad address)");
  EXPECT_EQ(Line("chdir", {16}, -EFAULT),
            "chdir(0x10) = -1 EFAULT (Bad address)");
  EXPECT_EQ(Line("write", {1, 1ll << 40, 5}, -EFAULT),
            "write(1, 0x10000000000, 5) = -1 EFAULT (Bad address)");
}

TEST_F(TracerTest, ATextThatEndsAtTheLastMappedByte) {
  PutText(kMemorySize - 3, "ab");
  EXPECT_EQ(Line("chdir", {kMemorySize - 3}, 0), "chdir(\"ab\") = 0");
}

TEST_F(TracerTest, BuffersShowTheirBeginning) {
  const int64_t buffer = PutText(8000, "hello\nworld, this is a long message");
  EXPECT_EQ(Line("write", {1, buffer, 6}, 6), "write(1, \"hello\\n\", 6) = 6");
  EXPECT_EQ(Line("write", {1, buffer, 35}, 35),
            "write(1, \"hello\\nworld, this is a long mess\"..., 35) = 35");
  EXPECT_EQ(Line("read", {0, buffer, 100}, 5), "read(0, \"hello\", 100) = 5");
  EXPECT_EQ(Line("read", {0, buffer, 100}, -EINTR),
            "read(0, 0x1f40, 100) = -1 EINTR (Interrupted system call)");
}

TEST_F(TracerTest, VectorsOfBuffers) {
  PutText(8000, "hello");
  Put(9000, iovec{reinterpret_cast<void*>(8000), 5});
  Put(9016, iovec{reinterpret_cast<void*>(8000), 2});
  EXPECT_EQ(Line("writev", {1, 9000, 2}, 7),
            "writev(1, [{\"hello\", 5}, {\"he\", 2}], 2) = 7");
  EXPECT_EQ(Line("readv", {1, 9000, 2}, 6),
            "readv(1, [{\"hello\", 5}, {\"h\", 2}], 2) = 6");
}

TEST_F(TracerTest, SocketAddresses) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(6379);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Put(8000, address);
  Put<int32_t>(9000, sizeof(address));
  EXPECT_EQ(Line("bind", {3, 8000, sizeof(address)}, -EACCES),
            "bind(3, 127.0.0.1:6379, 16) = -1 EACCES (Permission denied)");
  EXPECT_EQ(Line("accept4", {3, 8000, 9000, SOCK_CLOEXEC}, 5),
            "accept4(3, 127.0.0.1:6379, [16], O_CLOEXEC) = 5");
  EXPECT_EQ(Line("socket", {AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0}, 3),
            "socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0) = 3");
}

TEST_F(TracerTest, SocketOptionsByLevel) {
  Put<int32_t>(8000, 1);
  Put<int32_t>(8004, 4);
  EXPECT_EQ(Line("setsockopt", {3, SOL_SOCKET, SO_REUSEADDR, 8000, 4}, 0),
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, \"\\x01\\0\\0\\0\", 4) = "
            "0");
  EXPECT_EQ(Line("getsockopt", {3, IPPROTO_TCP, 1, 8000, 8004}, 0),
            "getsockopt(3, IPPROTO_TCP, TCP_NODELAY, \"\\x01\\0\\0\\0\", [4]) "
            "= 0");
}

TEST_F(TracerTest, PollAndEpoll) {
  Put(8000, pollfd{3, POLLIN, POLLIN | POLLHUP});
  EXPECT_EQ(Line("poll", {8000, 1, -1}, 1),
            "poll([{fd=3, events=POLLIN, revents=POLLIN|POLLHUP}], 1, -1) = "
            "1");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = 7;
  Put(9000, event);
  EXPECT_EQ(Line("epoll_ctl", {4, EPOLL_CTL_ADD, 3, 9000}, 0),
            "epoll_ctl(4, EPOLL_CTL_ADD, 3, {EPOLLIN|EPOLLET, data=0x7}) = 0");
  EXPECT_EQ(Line("epoll_wait", {4, 9000, 128, 100}, 1),
            "epoll_wait(4, [{EPOLLIN|EPOLLET, data=0x7}], 128, 100) = 1");
}

TEST_F(TracerTest, SignalsAndTimes) {
  Put<uint64_t>(8000, 1ull << (SIGTERM - 1) | 1ull << (SIGINT - 1));
  EXPECT_EQ(Line("rt_sigprocmask", {SIG_BLOCK, 8000, 0, 8}, 0),
            "rt_sigprocmask(SIG_BLOCK, [SIGINT SIGTERM], NULL, 8) = 0");
  EXPECT_EQ(Line("kill", {42, 33}, 0), "kill(42, SIGRT_1) = 0");
  Put(8000, timespec{1, 500});
  EXPECT_EQ(Line("nanosleep", {8000, 0}, 0),
            "nanosleep(1.000000500s, NULL) = 0");
}

TEST_F(TracerTest, ProcessesAndFiles) {
  Put<int32_t>(8000, 3 << 8);
  EXPECT_EQ(Line("wait4", {-1, 8000, 0, 0}, 77),
            "wait4(-1, [exited 3], 0, NULL) = 77");
  Put<int32_t>(8000, 9);
  EXPECT_EQ(Line("wait4", {-1, 8000, 1, 0}, 77),
            "wait4(-1, [killed by SIGKILL], WNOHANG, NULL) = 77");
  struct stat st{};
  st.st_mode = S_IFREG | 0644;
  st.st_size = 12;
  Put(8000, st);
  EXPECT_EQ(Line("fstat", {3, 8000}, 0),
            "fstat(3, {S_IFREG|0644, size=12}) = 0");
  Put<int32_t>(8000, 3);
  Put<int32_t>(8004, 4);
  EXPECT_EQ(Line("pipe2", {8000, O_CLOEXEC}, 0),
            "pipe2([3, 4], O_CLOEXEC) = 0");
}

TEST_F(TracerTest, AddressesAsResultsAreHex) {
  EXPECT_EQ(Line("mmap",
                 {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0},
                 0x7000000000),
            "mmap(NULL, 4096, PROT_READ|PROT_WRITE, "
            "MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7000000000");
}

TEST_F(TracerTest, EveryRowPrintsWithAnyArguments) {
  const int64_t values[] = {0, -1, 8000, INT64_MIN, 1ll << 33};
  for (const TraceCall& row : TraceCalls()) {
    for (const int64_t value : values) {
      for (const int64_t result : {int64_t{0}, int64_t{-EPERM}, int64_t{9}}) {
        const std::vector<int64_t> args(row.argc, value);
        Tracer(ends_[1]).Returned(row, memory_, args, result);
        EXPECT_EQ(Read().find(std::string(row.name) + "("), 0u);
      }
    }
  }
}

TEST_F(TracerTest, DenialsSignalsAndExits) {
  const Tracer tracer(ends_[1]);
  tracer.Denied(":80", "--listen :80");
  tracer.Denied("and more", "");
  tracer.Returned(*FindTraceCall("getpid"), memory_, {}, -EACCES);
  EXPECT_EQ(ReadAll(),
            "getpid() = -1 EACCES (Permission denied)\n"
            "   denied: :80; grant with --listen :80\n   denied: and more\n");
  tracer.Delivering(SIGTERM);
  EXPECT_EQ(Read(), "--- SIGTERM ---");
  const std::vector<int64_t> args{3};
  tracer.Leaving(*FindTraceCall("exit_group"), memory_, args);
  EXPECT_EQ(Read(), "exit_group(3) = ?");
}

TEST_F(TracerTest, OtherThreadsAreNumbered) {
  const Tracer tracer(ends_[1]);
  pid_t tid = 0;
  std::thread([&] {
    tid = gettid();
    tracer.Returned(*FindTraceCall("getpid"), memory_, {}, 5);
  }).join();
  EXPECT_EQ(Read(), "[" + std::to_string(tid) + "] getpid() = 5");
}

}  // namespace
}  // namespace slipway::host
