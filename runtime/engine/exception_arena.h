// The exceptions of one thread that are not freed yet, and how much memory they
// take. Only its thread adds and removes; once the thread has ended, the store
// has the arena (see exception.h, "LIFETIME").

#ifndef SLIPWAY_RUNTIME_ENGINE_EXCEPTION_ARENA_H_
#define SLIPWAY_RUNTIME_ENGINE_EXCEPTION_ARENA_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

class ExceptionArena {
 public:
  // Bytes of exceptions that are made before the collector looks at them.
  static constexpr size_t kMinimumBatch = 256 << 10;

  ExceptionArena() = default;
  ExceptionArena(const ExceptionArena&) = delete;
  ExceptionArena& operator=(const ExceptionArena&) = delete;
  // Frees what is left.
  ~ExceptionArena();

  void Add(object::Exception* exception);
  // Takes it out and frees it.
  void Free(object::Exception* exception);
  // Frees all exceptions for which dead(exception) is true.
  void FreeIf(absl::FunctionRef<bool(object::Exception*)> dead);
  void ForEach(absl::FunctionRef<void(object::Exception*)> visit) const;
  // Frees what only the arena's own thread, which ends, can refer to.
  void FreeUnshared();

  bool empty() const { return first_ == nullptr; }
  size_t bytes() const { return bytes_; }

  bool wants_collection() const { return bytes_ >= collect_at_; }
  // After a collection that looked at `scanned` bytes of memory: the next one
  // is due when its cost is spread over as many bytes of new exceptions.
  void ScheduleCollection(size_t scanned);

 private:
  void Unlink(object::Exception* exception);

  object::Exception* first_ = nullptr;
  size_t bytes_ = 0;
  size_t collect_at_ = kMinimumBatch;
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXCEPTION_ARENA_H_
