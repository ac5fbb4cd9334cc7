// A table of references: function references (FuncRef*), external references
// (an embedder's pointer) or exception references (Exception*), null being 0.
//
// The elements live in a reservation large enough for the table's maximum (or
// kMaxElements), so that base() never moves while other threads read it.
// Thread-safe: elements are read and written atomically; growth takes a lock.

#ifndef SLIPWAY_RUNTIME_ENGINE_TABLE_H_
#define SLIPWAY_RUNTIME_ENGINE_TABLE_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "runtime/engine/link_type.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

class Table {
 public:
  // An implementation limit (appendix A.1 of the specification allows one).
  static constexpr uint64_t kMaxElements = uint64_t{1} << 24;

  // All elements start as `initial`. kResourceExhausted when the minimum is
  // above kMaxElements or address space is short.
  static absl::StatusOr<std::shared_ptr<Table>> Create(
      const LinkType& element, const wasm::Limits& limits,
      void* initial = nullptr);

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table();

  void** base() const { return base_; }
  uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  const uint64_t* size_cell() const {
    return reinterpret_cast<const uint64_t*>(&size_);
  }
  const LinkType& element() const { return element_; }
  // `min` follows growth.
  wasm::Limits limits() const;

  // Whether elements are exception references, which Set shares (exception.h).
  bool holds_exceptions() const { return holds_exceptions_; }

  // Precondition of both: index < size().
  void* Get(uint64_t index) const {
    return std::atomic_ref<void*>(base_[index]).load(std::memory_order_acquire);
  }
  void Set(uint64_t index, void* value) {
    if (holds_exceptions_) Share(value);
    std::atomic_ref<void*>(base_[index])
        .store(value, std::memory_order_release);
  }

  // Adds `count` elements of `value`; returns the old size, or UINT64_MAX.
  uint64_t Grow(uint64_t count, void* value);

 private:
  Table(const LinkType& element, const wasm::Limits& limits, void** base,
        uint64_t capacity);

  static void Share(void* exception);

  const LinkType element_;
  const bool holds_exceptions_;
  const wasm::Limits limits_;
  void** const base_;
  const uint64_t capacity_;  // elements
  std::atomic<uint64_t> size_{0};
};

// Calls visit for every table there is that holds exceptions.
void VisitExceptionTables(absl::FunctionRef<void(const Table&)> visit);

// fork() support (see fork.h).
void LockTablesForFork();
void UnlockTablesAfterFork();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_TABLE_H_
