// Calling into the guest, and the ways out of it.
//
// An Invoke is the boundary of everything that ends guest code early: a trap,
// an exception that nothing catches, an exit. All three unwind to the nearest
// Invoke of the thread and no further. Guest frames have nothing to destroy.
// Host frames in between (a host function that the guest called, and what it
// called) are abandoned without running destructors; so RaiseTrap and
// ExitGuest are called with no lock held and nothing to free. An Invoke nested
// in a host function (a signal handler, say) ends first, and that host code
// decides what its own caller sees.

#ifndef SLIPWAY_RUNTIME_ENGINE_INVOKE_H_
#define SLIPWAY_RUNTIME_ENGINE_INVOKE_H_

#include <cstdint>
#include <span>

#include "runtime/engine/thread.h"
#include "runtime/engine/trap.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

struct Outcome {
  enum Kind { kReturned, kTrapped, kException, kExited };
  Kind kind = kReturned;
  // kTrapped; owned by the thread, valid until its next trap.
  const Trap* trap = nullptr;
  // kException: what nothing caught (see exception.h for its tag and values,
  // and for giving it back).
  object::Exception* exception = nullptr;
  // kExited: what ExitGuest was given.
  int64_t exit_value = 0;
};

// Calls `function` on `thread`, which must be the calling thread's. `values`
// holds the parameters and receives the results, so it has room for the larger
// number. Precondition: the values have the function's types.
// Code that calls the guest at an arbitrary point (a signal handler) also needs
// a SaveOverflow.
Outcome Invoke(Thread& thread, const object::FuncRef& function,
               std::span<object::Value> values);

// Ends the nearest Invoke with kExited.
[[noreturn]] void ExitGuest(Thread& thread, int64_t value);

// Keeps ThreadState::overflow (16 KB) across guest calls made between two
// arbitrary instructions of the guest: saved now, restored when destroyed.
class SaveOverflow {
 public:
  explicit SaveOverflow(Thread& thread);
  ~SaveOverflow();

 private:
  Thread& thread_;
  object::Value saved_[object::kMaxValues];
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_INVOKE_H_
