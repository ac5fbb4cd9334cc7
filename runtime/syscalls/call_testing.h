// A guest without a program, for tests that call handlers directly: some guest
// memory, a file system over a temporary host directory, and a Call.
//
//   TEST_F(CallTest, Example) {
//     Grant("data", "/data");
//     Boot();
//     EXPECT_EQ(Value(mkdir(*call_, Put("/data/x"), 0755)), 0);
//   }

#ifndef SLIPWAY_RUNTIME_SYSCALLS_CALL_TESTING_H_
#define SLIPWAY_RUNTIME_SYSCALLS_CALL_TESTING_H_

#include <sys/mman.h>

#include <cstring>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/store.h"
#include "runtime/host/address_space.h"
#include "runtime/host/guarded_exchange.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"
#include "runtime/host/vfs_testing.h"
#include "runtime/syscalls/call.h"

namespace slipway::sys {

class CallTest : public host::VfsTest {
 protected:
  static constexpr uint64_t kSize = 32 << 20;
  static constexpr uint64_t kPage = 4096;

  // After the grants.
  void Boot() {
    ASSERT_TRUE(engine::InstallFaultHandlers().ok());
    ASSERT_TRUE(host::InstallGuardedExchange());
    auto* base = static_cast<uint8_t*>(
        ::mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ::mprotect(base + kPage, kSize - 2 * kPage, PROT_READ | PROT_WRITE);
    memory_ = GuestMemory(base, kSize);
    address_space_ = std::make_unique<host::AddressSpace>(memory_);
    Start();
    process_ = std::make_unique<host::Process>(
        host::Process{memory_, policy_, start_, files_, *vfs_, *address_space_,
                      signals_, threads_, pids_, store_});
    thread_.process = process_.get();
    call_ = std::make_unique<Call>(Call{*process_, thread_});
  }
  ~CallTest() override {
    if (memory_.base() != nullptr) ::munmap(memory_.base(), kSize);
  }

  // Room in guest memory, zeroed; 16-byte aligned.
  GuestPtr Room(size_t size) {
    const GuestPtr at{next_};
    next_ += (size + 15) & ~size_t{15};
    std::memset(memory_.base() + at.address, 0, size);
    return at;
  }
  // A copy in guest memory, with a NUL.
  GuestPtr Put(const std::string& text) {
    const GuestPtr at = Room(text.size() + 1);
    std::memcpy(memory_.base() + at.address, text.c_str(), text.size() + 1);
    return at;
  }
  template <typename T>
  GuestPtr PutValue(const T& value) {
    const GuestPtr at = Room(sizeof(T));
    std::memcpy(memory_.base() + at.address, &value, sizeof(T));
    return at;
  }
  std::string Text(GuestPtr at, size_t size) const {
    return std::string(
        reinterpret_cast<const char*>(memory_.base() + at.address), size);
  }
  template <typename T>
  T Get(GuestPtr at) const {
    T value;
    std::memcpy(&value, memory_.base() + at.address, sizeof(T));
    return value;
  }
  // What the guest would see: the value, or a negative errno.
  static int64_t Value(const SysResult<int64_t>& result) {
    if (!result.ok()) return -result.error().code;
    return *result;
  }

  GuestMemory memory_;
  std::unique_ptr<host::AddressSpace> address_space_;
  host::Signals signals_;
  host::ThreadRegistry threads_;
  host::PidRegistry pids_;
  engine::Store store_;
  std::unique_ptr<host::Process> process_;
  host::Thread thread_;
  std::unique_ptr<Call> call_;

 private:
  uint64_t next_ = kPage;
};

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_CALL_TESTING_H_
