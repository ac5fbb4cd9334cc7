#include "runtime/engine/exception.h"

#include <unwind.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace slipway::object {

// The payload follows. `kept`: some catch clause took the reference, so the
// object may be reachable from anywhere and is never freed early.
struct Exception {
  _Unwind_Exception unwind;
  const void* tag;
  engine::ExceptionArena* arena;  // of the one thread that may throw it
  Exception* previous;
  Exception* next;
  uint32_t count;
  bool thrown;
  bool kept;
  Value values[];
};

}  // namespace slipway::object

namespace slipway::engine {
namespace {

using object::Exception;
using object::Value;

// "SLPYWASM", as a big-endian number.
constexpr uint64_t kExceptionClass = 0x534c'5059'5741'534d;

// Who else may throw the object at the same time needs its own: the unwinder
// keeps its state in it.
Exception* Clone(Thread& thread, Exception* exception) {
  Exception* copy = NewException(thread, exception->tag, exception->count);
  std::memcpy(copy->values, exception->values,
              exception->count * sizeof(Value));
  return copy;
}

}  // namespace

ExceptionArena::~ExceptionArena() {
  while (first_ != nullptr) {
    Exception* exception = first_;
    Remove(exception);
    std::free(exception);
  }
}

size_t ExceptionArena::size() const {
  size_t size = 0;
  for (const Exception* e = first_; e != nullptr; e = e->next) ++size;
  return size;
}

void ExceptionArena::Add(Exception* exception) {
  exception->arena = this;
  exception->previous = nullptr;
  exception->next = first_;
  if (first_ != nullptr) first_->previous = exception;
  first_ = exception;
}

void ExceptionArena::Remove(Exception* exception) {
  Exception* next = exception->next;
  if (next != nullptr) next->previous = exception->previous;
  (exception->previous != nullptr ? exception->previous->next : first_) = next;
}

Exception* NewException(Thread& thread, const void* tag, uint32_t count) {
  const size_t size = sizeof(Exception) + count * sizeof(Value);
  void* memory = std::aligned_alloc(alignof(Exception), (size + 15) & ~15ul);
  if (memory == nullptr) {
    std::fputs("slipway: out of memory for an exception\n", stderr);
    std::abort();
  }
  auto* exception = new (memory) Exception{};
  exception->unwind.exception_class = kExceptionClass;
  exception->tag = tag;
  exception->count = count;
  thread.exceptions().Add(exception);
  return exception;
}

std::span<Value> ExceptionValues(Exception* exception) {
  return {exception->values, exception->count};
}

const void* ExceptionTag(const Exception* exception) { return exception->tag; }

void ThrowException(Thread& thread, Exception* exception) {
  // Thrown before and not released since: a catch clause kept the reference.
  if (exception->thrown) exception->kept = true;
  if (exception->arena != &thread.exceptions()) {
    exception = Clone(thread, exception);
  }
  exception->thrown = true;
  _Unwind_RaiseException(&exception->unwind);
  RaiseTrap(object::TrapCode::kUncaughtException);
}

void ResumeUnwind(void* unwind_exception) {
  // Both phases again: the search ended at the frame that is resuming.
  _Unwind_RaiseException(static_cast<_Unwind_Exception*>(unwind_exception));
  RaiseTrap(object::TrapCode::kUncaughtException);
}

void HoldException(Thread& thread, Exception* exception, const void* holder) {
  Exception*& held = thread.exceptions().held(holder);
  if (held != nullptr) ReleaseException(held);
  held = exception;
}

void RethrowException(Thread& thread, Exception* exception,
                      const void* holder) {
  thread.exceptions().Forget(holder);
  ResumeUnwind(&exception->unwind);
}

void ForwardException(Exception* exception) {
  ResumeUnwind(&exception->unwind);
}

Exception* ExceptionFromUnwind(void* unwind_exception) {
  auto* unwind = static_cast<_Unwind_Exception*>(unwind_exception);
  if (unwind->exception_class != kExceptionClass) return nullptr;
  return reinterpret_cast<Exception*>(unwind);  // its first member
}

void ReleaseException(Exception* exception) {
  if (exception->kept) return;
  exception->arena->Remove(exception);
  std::free(exception);
}

}  // namespace slipway::engine
