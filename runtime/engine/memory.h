// A linear memory: one reservation of address space whose size is a
// compile-time constant of generated code (object_format.h, "BOUNDS CHECKS"),
// inaccessible beyond what is in use.
//
// Two kinds. An ordinary memory counts the bytes it has grown to and maps
// exactly those. A posix memory counts its whole reservation as its size and
// maps nothing: the host layer maps pages into it (mmap, brk, stacks), what is
// unmapped faults, and memory.grow always refuses.
//
// Thread-safe: growth takes a lock inside; base() never changes and size() is
// an atomic that only increases.

#ifndef SLIPWAY_RUNTIME_ENGINE_MEMORY_H_
#define SLIPWAY_RUNTIME_ENGINE_MEMORY_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

class Memory {
 public:
  // Reserves, and makes `limits.min` pages accessible. kResourceExhausted when
  // the address space or the reservation is too small for that.
  static absl::StatusOr<std::shared_ptr<Memory>> Create(
      const wasm::Limits& limits);
  // A shared memory64 of kMemory64Reservation bytes, all of them unmapped.
  // Any import whose minimum fits the reservation accepts it.
  static absl::StatusOr<std::shared_ptr<Memory>> CreatePosix();

  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  uint8_t* base() const { return base_; }
  // Bytes, as memory.size reports them.
  uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  // Bytes that an in-bounds access can reach, without the guard.
  uint64_t reservation() const { return reservation_; }
  // What a MemoryRef points at.
  const uint64_t* size_cell() const {
    return reinterpret_cast<const uint64_t*>(&size_);
  }
  bool is_posix() const { return posix_; }
  bool is_shared() const { return limits_.shared; }
  // As declared when created; `min` is what an import compares against, and
  // follows growth.
  wasm::Limits limits() const;

  // Adds `pages`; returns the old size in pages, or UINT64_MAX when the
  // maximum, the reservation or the machine does not allow it.
  uint64_t Grow(uint64_t pages);

 private:
  static absl::StatusOr<std::shared_ptr<Memory>> Make(
      const wasm::Limits& limits, bool posix);
  Memory(const wasm::Limits& limits, bool posix, uint8_t* base,
         uint64_t reservation);

  const wasm::Limits limits_;
  const bool posix_;
  uint8_t* const base_;
  const uint64_t reservation_;
  std::atomic<uint64_t> size_{0};
};
static_assert(sizeof(std::atomic<uint64_t>) == sizeof(uint64_t));

// fork() support: holds every lock of this file (see fork.h).
void LockMemoriesForFork();
void UnlockMemoriesAfterFork();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_MEMORY_H_
