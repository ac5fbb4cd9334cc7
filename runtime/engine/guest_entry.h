// The two instructions sequences that C++ cannot express (guest_entry.S):
// entering guest code so that every way out of it leads back here, and leaving
// it. Internal to the engine; use invoke.h and trap.h.

#ifndef SLIPWAY_RUNTIME_ENGINE_GUEST_ENTRY_H_
#define SLIPWAY_RUNTIME_ENGINE_GUEST_ENTRY_H_

#include <cstdint>

#include "runtime/object/object_format.h"

namespace slipway::engine {

// One per running Invoke, on its native stack; a list from the innermost.
struct InvokeRecord {
  uintptr_t stack_pointer = 0;       // written by slipway_enter_guest, offset 0
  void* unwind_exception = nullptr;  // uncaught; written there too, offset 8
  InvokeRecord* previous = nullptr;
  int64_t exit_value = 0;
};

extern "C" {

// Calls thunk(context, code, values), on the stack whose top is `stack_top`
// when that is not 0. Returns 0 when the guest returned, kUncaught when an
// exception reached this frame, otherwise what slipway_leave_guest was given.
int slipway_enter_guest(InvokeRecord* record, void* context, const void* code,
                        object::Value* values, object::EntryThunk thunk,
                        uintptr_t stack_top);

// Makes the slipway_enter_guest of `record` return `result`. All frames
// between are abandoned. A signal handler may also make an interrupted
// context resume here, with the arguments in RDI and RSI.
[[noreturn]] void slipway_leave_guest(InvokeRecord* record, int result);

// Faults deliberately; the fault handler turns that into a trap with `code`,
// on `memory` at `guest_address` unless memory is null.
[[noreturn]] void slipway_raise_trap(uint64_t code, const void* memory,
                                     uint64_t guest_address);
// The address of the faulting instruction.
extern const char slipway_raise_trap_pc[];

// Where an exception that nothing caught continues (inside
// slipway_enter_guest); the unwinder's object in RAX.
extern const char slipway_uncaught_landing[];
// Where the outermost frame of guest code returns to, there as well.
extern const char slipway_guest_returns[];
}

inline constexpr int kGuestReturned = 0;
inline constexpr int kGuestUncaught = 1;
inline constexpr int kGuestTrapped = 2;
inline constexpr int kGuestExited = 3;

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_GUEST_ENTRY_H_
