// A trap: the guest did something that WebAssembly defines as the end of the
// computation. Traps are raised by generated code (a ud1 instruction or a
// fault), or by the engine on its behalf (RaiseTrap), and end the nearest
// Invoke (invoke.h), which hands out this record.

#ifndef SLIPWAY_RUNTIME_ENGINE_TRAP_H_
#define SLIPWAY_RUNTIME_ENGINE_TRAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/engine/backtrace.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

class Memory;

struct Trap {
  object::TrapCode code = object::TrapCode::kUnreachable;
  uintptr_t pc = 0;  // host address of the faulting instruction, 0 if unknown
  // For a fault on linear memory: which, and the guest address.
  const Memory* memory = nullptr;
  uint64_t guest_address = 0;
  Backtrace backtrace;

  // "out of bounds memory access at guest address 0x10", then one line per
  // frame. Not for signal handlers.
  std::string ToString() const;
};

// The specification test suite's wording: "out of bounds memory access", ….
std::string_view TrapMessage(object::TrapCode code);

// The signal that a native program would have died of.
int TrapSignal(object::TrapCode code);

// Ends the nearest Invoke of the calling thread with a trap. Host frames
// between here and that Invoke are abandoned without running destructors: call
// it with no lock held and nothing to free.
[[noreturn]] void RaiseTrap(object::TrapCode code);
// The same for a fault on linear memory (kMemoryOutOfBounds).
[[noreturn]] void RaiseMemoryTrap(const Memory* memory, uint64_t guest_address);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_TRAP_H_
