#include "runtime/engine/exception.h"

#include <unwind.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "runtime/engine/exception_collector.h"
#include "runtime/engine/exception_object.h"
#include "runtime/engine/unwinder.h"

namespace slipway::engine {
namespace {

using object::Exception;
using object::Value;

// "SLPYWASM", as a big-endian number.
constexpr uint64_t kExceptionClass = 0x534c'5059'5741'534d;

// Acquires what its thread wrote: generated code does not say so when it takes
// the reference from a table, and does not need to on x86-64.
bool IsOfAnother(Thread& thread, const Exception& exception) {
  return exception.shared.load(std::memory_order_acquire) &&
         exception.arena != &thread.exceptions();
}

// Who else may throw the object at the same time needs its own: the unwinder
// keeps its state in it.
Exception* Clone(Thread& thread, Exception* exception) {
  Exception* copy = NewException(thread, exception->tag, exception->count);
  std::memcpy(copy->values, exception->values,
              exception->count * sizeof(Value));
  return copy;
}

// The object that stands for `exception` while it is thrown.
Exception* ToThrow(Thread& thread, Exception* exception) {
  if (IsOfAnother(thread, *exception)) exception = Clone(thread, exception);
  // Thrown before and not released since: a catch clause kept the reference.
  if (exception->thrown) exception->kept = true;
  exception->thrown = true;
  return exception;
}

// On behalf of generated code: to the frame that handles it.
void* Unwind(void* unwind_exception, FrameRegisters& frame) {
  if (!UnwindToHandler(frame)) ResumeUnwind(unwind_exception);
  return unwind_exception;
}

}  // namespace

extern "C" void* slipway_find_throw_handler(object::InstanceContext* context,
                                            Exception* exception,
                                            FrameRegisters* frame) {
  auto& thread = *static_cast<Thread*>(context->thread->engine_thread);
  thread.CheckHostStack();
  Exception* const thrown = ToThrow(thread, exception);
  return Unwind(&thrown->unwind, *frame);
}

extern "C" void* slipway_find_resume_handler(void* unwind_exception, void*,
                                             FrameRegisters* frame) {
  return Unwind(unwind_exception, *frame);
}

Exception* NewException(Thread& thread, const void* tag, uint32_t count) {
  if (thread.exceptions().wants_collection()) CollectExceptions(thread);
  const size_t size = sizeof(Exception) + count * sizeof(Value);
  void* memory = std::aligned_alloc(alignof(Exception), (size + 15) & ~15ul);
  if (memory == nullptr) {
    std::fputs("slipway: out of memory for an exception\n", stderr);
    std::abort();
  }
  auto* exception = new (memory) Exception{};
  exception->unwind.exception_class = kExceptionClass;
  exception->tag = static_cast<const Tag*>(tag);
  exception->count = count;
  thread.exceptions().Add(exception);
  return exception;
}

std::span<Value> ExceptionValues(Exception* exception) {
  return {exception->values, exception->count};
}

const void* ExceptionTag(const Exception* exception) { return exception->tag; }

void ThrowException(Thread& thread, Exception* exception) {
  ResumeUnwind(&ToThrow(thread, exception)->unwind);
}

void ResumeUnwind(void* unwind_exception) {
  // Both phases again: the search ended at the frame that is resuming.
  _Unwind_RaiseException(static_cast<_Unwind_Exception*>(unwind_exception));
  RaiseTrap(object::TrapCode::kUncaughtException);
}

void ForwardException(Exception* exception) {
  --exception->holders;
  ResumeUnwind(&exception->unwind);
}

Exception* ExceptionFromUnwind(void* unwind_exception) {
  auto* unwind = static_cast<_Unwind_Exception*>(unwind_exception);
  if (unwind->exception_class != kExceptionClass) return nullptr;
  return reinterpret_cast<Exception*>(unwind);  // its first member
}

void DropCaught(Exception* exception) {
  if (exception->kept || exception->shared || exception->holders > 0) return;
  exception->arena->Free(exception);
}

void HoldForEmbedder(Exception* exception) { ++exception->holders; }

void ReleaseException(Exception* exception) {
  --exception->holders;
  DropCaught(exception);
}

void PinException(Exception* exception) {
  if (exception == nullptr) return;
  ShareException(exception);
  ++exception->holders;
}

void ShareException(Exception* exception) {
  if (exception == nullptr || exception->shared) return;
  exception->shared.store(true, std::memory_order_release);
  std::vector<Exception*> pending = {exception};
  while (!pending.empty()) {
    const Exception* outer = pending.back();
    pending.pop_back();
    VisitPayload(*outer, [&pending](Exception* inner) {
      if (inner->shared) return;
      inner->shared.store(true, std::memory_order_release);
      pending.push_back(inner);
    });
  }
}

}  // namespace slipway::engine
