#include "runtime/engine/invoke.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/base/config.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/guest_entry.h"
#include "runtime/engine/type_registry.h"

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace slipway::engine {
namespace {

// A call is impossible when no loaded object has a thunk for the type; linking
// prevents that, so it is our own bug.
object::EntryThunk ThunkFor(const object::FuncRef& function) {
  const TypeEntry* type = FindType(function.type_hash);
  if (type == nullptr || type->entry_thunk.load() == nullptr) {
    std::fputs("slipway: internal error: no entry thunk for a function\n",
               stderr);
    std::abort();
  }
  return type->entry_thunk.load(std::memory_order_acquire);
}

Outcome MakeOutcome(Thread& thread, const InvokeRecord& record, int result) {
  Outcome outcome;
  switch (result) {
    case kGuestReturned:
      break;
    case kGuestUncaught:
      outcome.kind = Outcome::kException;
      outcome.exception = ExceptionFromUnwind(record.unwind_exception);
      HoldForEmbedder(outcome.exception);
      break;
    case kGuestTrapped:
      outcome.kind = Outcome::kTrapped;
      outcome.trap = &thread.trap();
      break;
    default:
      outcome.kind = Outcome::kExited;
      outcome.exit_value = record.exit_value;
      break;
  }
  return outcome;
}

// Frames below the caller's were abandoned: none of the redzones that
// AddressSanitizer has there is of use any more. (It cannot know that itself
// when a fault was the end of them, nor on a stack of our own.)
void ForgetAbandonedFrames([[maybe_unused]] const Thread& thread) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  const uintptr_t end = thread.OnGuestStack() ? here : thread.stack_end();
  const uintptr_t begin = thread.stack_begin();
  ASAN_UNPOISON_MEMORY_REGION(reinterpret_cast<void*>(begin), end - begin);
#endif
}

}  // namespace

Outcome Invoke(Thread& thread, const object::FuncRef& function,
               std::span<object::Value> values) {
  const object::EntryThunk thunk = ThunkFor(function);
  void* context = thread.state().contexts[function.instance];
  const bool was_in_host = thread.in_host();
  InvokeRecord record;
  record.previous = thread.top_invoke();
  const uintptr_t stack_top =
      record.previous == nullptr ? thread.own_stack_top() : 0;

  thread.set_top_invoke(&record);
  thread.set_in_host(false);
  const int result = slipway_enter_guest(&record, context, function.code,
                                         values.data(), thunk, stack_top);
  thread.set_in_host(was_in_host);
  thread.set_top_invoke(record.previous);
  if (result != kGuestReturned) ForgetAbandonedFrames(thread);
  return MakeOutcome(thread, record, result);
}

void ExitGuest(Thread& thread, int64_t value) {
  InvokeRecord* record = thread.top_invoke();
  record->exit_value = value;
  slipway_leave_guest(record, kGuestExited);
}

SaveOverflow::SaveOverflow(Thread& thread) : thread_(thread) {
  std::memcpy(saved_, thread.state().overflow, sizeof(saved_));
}

SaveOverflow::~SaveOverflow() {
  std::memcpy(thread_.state().overflow, saved_, sizeof(saved_));
}

}  // namespace slipway::engine
