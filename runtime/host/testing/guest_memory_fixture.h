// The fixture of tests that need some guest memory.

#ifndef SLIPWAY_RUNTIME_HOST_TESTING_GUEST_MEMORY_FIXTURE_H_
#define SLIPWAY_RUNTIME_HOST_TESTING_GUEST_MEMORY_FIXTURE_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gtest/gtest.h"
#include "runtime/host/guest_memory.h"

namespace slipway::host {

// 64 KiB of guest memory, zero; addresses are offsets into it.
class GuestMemoryFixture : public testing::Test {
 protected:
  static constexpr size_t kMemorySize = 1 << 16;

  GuestMemoryFixture()
      : base_(static_cast<uint8_t*>(mmap(nullptr, kMemorySize,
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
        memory_(base_, kMemorySize) {}
  ~GuestMemoryFixture() override { munmap(base_, kMemorySize); }

  // Returns the address.
  template <typename T>
  int64_t Put(uint64_t at, const T& value) {
    std::memcpy(base_ + at, &value, sizeof(value));
    return static_cast<int64_t>(at);
  }
  template <typename T>
  T Get(uint64_t at) {
    T value;
    std::memcpy(&value, base_ + at, sizeof(value));
    return value;
  }

  uint8_t* const base_;
  const GuestMemory memory_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TESTING_GUEST_MEMORY_FIXTURE_H_
