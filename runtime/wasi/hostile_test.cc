// Every function with arguments that a hostile program could pass: whatever
// they are, the answer is an errno, and nothing outside the guest's memory and
// directory changes.

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/host/vfs_testing.h"
#include "runtime/wasi/dispatch.h"
#include "runtime/wasi/guest.h"

namespace slipway::wasi {
namespace {

constexpr uint64_t kReservation = 1 << 20;
constexpr uint64_t kSize = 64 << 10;  // what the guest has grown to
constexpr uint32_t kFirstFd = 0;
constexpr uint32_t kLastFd = 9;

class HostileTest : public host::VfsTest {
 protected:
  HostileTest() {
    EXPECT_TRUE(engine::InstallFaultHandlers().ok());
    // No function may fill the disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &small);
    auto thread = engine::Thread::Create(store_);
    EXPECT_TRUE(thread.ok());
    thread_ = *std::move(thread);
    thread_->Attach();
    base_ = static_cast<uint8_t*>(::mmap(nullptr, kReservation, PROT_NONE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ::mprotect(base_, kSize, PROT_READ | PROT_WRITE);
    MakeFile("outside", "untouched");
    Grant("dir", "/dir");
    MakeFile("dir/file");
    MakeLink("dir/link", "../outside");
    Start();
    guest_ = std::make_unique<Guest>(
        Guest{policy_, start_, *vfs_, FileTable(files_)});
  }
  ~HostileTest() override {
    thread_.reset();
    ::munmap(base_, kReservation);
  }

  // A directory, a file and a pipe's end, at whatever numbers.
  void OpenSome() {
    constexpr FdRights kAll = {~0ull, ~0ull};
    for (uint32_t fd = kFirstFd; fd <= kLastFd; ++fd) {
      (void)guest_->files.Close({fd});
    }
    std::filesystem::remove_all(Host("dir/file"));
    MakeFile("dir/file");
    for (const auto& [path, flags] : {std::pair("/dir", O_RDONLY | O_DIRECTORY),
                                      {"/dir/file", O_RDWR},
                                      {"/dir", O_RDONLY | O_DIRECTORY}}) {
      const int fd = Open(path, flags);
      ASSERT_TRUE(guest_->files.Add({fd}, kAll, path).ok());
    }
  }

  // Zeros, but for some paths: a subscription of zeros ends at once.
  void FillMemory() {
    std::memset(base_, 0, kSize);
    for (const auto& [at, text] :
         {std::pair(16, "file"), {64, "../outside"}, {128, "link"}}) {
      std::memcpy(base_ + at, text, std::strlen(text));
    }
    // Vectors, of either width.
    const uint32_t narrow[] = {64, 16, 0xfffffff0, 0x20, 0, 0xffffffff};
    std::memcpy(base_ + 256, narrow, sizeof(narrow));
    const uint64_t wide[] = {64, 16, ~0ull - 7, 16, kSize - 4, 8};
    std::memcpy(base_ + 512, wide, sizeof(wide));
  }

  uint64_t Argument(Kind kind, Width width) {
    static constexpr uint64_t kValues[] = {
        0,          1,         2,          3,          4,          5,
        8,          16,        64,         128,        256,        512,
        kSize - 8,  kSize - 1, kSize,      kSize + 1,  0x7fffffff, 0x80000000,
        ~0u - 7,    ~0u,       1ull << 32, 1ull << 40, 1ull << 62, 1ull << 63,
        ~0ull - 15, ~0ull - 7, ~0ull};
    const uint64_t value = kValues[random_() % std::size(kValues)];
    if (kind == Kind::k_fd && random_() % 8 != 0) return random_() % 4;
    const bool narrow = WireOf(kind) == Wire::i32 ||
                        (WireOf(kind) == Wire::address && width == Width::k32);
    return narrow ? static_cast<uint32_t>(value) : value;
  }

  std::mt19937_64 random_{20220510};
  engine::Store store_;
  std::unique_ptr<engine::Thread> thread_;
  uint8_t* base_ = nullptr;
  std::unique_ptr<Guest> guest_;
};

bool EndsTheProcess(const Row& row) {
  const std::string_view name = row.name;
  return name == "proc_exit" || name == "proc_raise";
}

TEST_F(HostileTest, NothingCrashesOrEscapes) {
  constexpr int kRounds = 100;
  for (const Width width : {Width::k32, Width::k64}) {
    guest_->memory =
        MemoryLayout(host::GuestMemory(base_, kReservation), width);
    for (int round = 0; round < kRounds; ++round) {
      guest_->unstable = round % 8 == 0;
      OpenSome();
      for (const Row& row : Rows()) {
        if (EndsTheProcess(row)) continue;
        FillMemory();
        uint64_t arguments[kMaxArguments + 1] = {};
        for (int i = 0; i < row.argc; ++i) {
          arguments[i] = Argument(row.kinds[i], width);
        }
        EXPECT_NE(WasiErrnoName(Dispatch(row, *guest_, arguments)), nullptr);
      }
    }
  }
  std::ifstream outside(Host("outside"));
  std::string content;
  outside >> content;
  EXPECT_EQ(content, "untouched");
}

// The ends of a memory, with every function that takes an address.
TEST_F(HostileTest, AddressesAtTheEndAreFaults) {
  const Row& clock = *FindRow("clock_time_get");
  for (const Width width : {Width::k32, Width::k64}) {
    guest_->memory =
        MemoryLayout(host::GuestMemory(base_, kReservation), width);
    for (const uint64_t at :
         {kSize - 7, kSize, kReservation - 8, kReservation,
          uint64_t{0xfffffff8}, ~uint64_t{7}, ~uint64_t{0}}) {
      const uint64_t arguments[] = {0, 0, at};
      EXPECT_EQ(Dispatch(clock, *guest_, arguments), 21) << at;
    }
    const uint64_t arguments[] = {0, 0, kSize - 8};
    EXPECT_EQ(Dispatch(clock, *guest_, arguments), 0);
  }
}

TEST(Rows, HaveWhatTheDispatcherLooksFor) {
  EXPECT_EQ(Rows().size(), 46u);
  for (const Row& row : Rows()) {
    const bool has_fd = std::find(row.kinds, row.kinds + row.argc,
                                  Kind::k_fd) != row.kinds + row.argc;
    EXPECT_TRUE(has_fd || row.fd_rights == fd_right::NONE) << row.name;
    EXPECT_NE(row.entry32, row.entry64);
  }
  EXPECT_EQ(FindRow("path_open")->argc, 9);
  EXPECT_EQ(FindRow("nonsense"), nullptr);
}

TEST(Errors, HaveTheNumbersOfTheSpecification) {
  EXPECT_EQ(ToWasiErrno(Errno{E2BIG}), 1);
  EXPECT_EQ(ToWasiErrno(Errno{ENOENT}), 44);
  EXPECT_EQ(ToWasiErrno(Errno{EOPNOTSUPP}), 58);
  EXPECT_EQ(ToWasiErrno(kNotCapable), 76);
  EXPECT_EQ(ToWasiErrno(Errno{EHWPOISON}), 29);
  EXPECT_STREQ(WasiErrnoName(0), "SUCCESS");
  EXPECT_STREQ(WasiErrnoName(44), "NOENT");
  EXPECT_EQ(WasiErrnoName(77), nullptr);
}

}  // namespace
}  // namespace slipway::wasi
