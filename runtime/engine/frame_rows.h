// How to unwind one frame of generated code: what .eh_frame (System V x86-64
// ABI, 3.7; LSB core, 10.6; DWARF 5, 6.4) and the language-specific data say at
// one call, in the form in which unwinding is a handful of loads.
//
// LLVM describes the frames of generated code by a small part of what DWARF
// has: the frame's address (CFA) is a distance from RSP or RBP, the registers
// that a function saves are at constant distances from it. What is described by
// other means has no row, and libgcc unwinds it.

#ifndef SLIPWAY_RUNTIME_ENGINE_FRAME_ROWS_H_
#define SLIPWAY_RUNTIME_ENGINE_FRAME_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/base/attributes.h"

namespace slipway::engine {

// The registers that a function preserves (System V x86-64 ABI, 3.2.1), but for
// RSP.
enum SavedRegister { kRbx, kRbp, kR12, kR13, kR14, kR15, kSavedRegisters };

// Where a frame's code is and what it has in registers. Written and read by
// unwind_entry.S, in this order.
struct FrameRegisters {
  std::array<uintptr_t, kSavedRegisters> saved;
  uintptr_t stack_pointer;    // when the call has returned
  uintptr_t program_counter;  // the return address
};
static_assert(sizeof(FrameRegisters) == 64);

struct FrameRow {
  uintptr_t program_counter = 0;  // the return address of the call
  // From the byte before that to the landing pad of the call; 0: it has none.
  int32_t landing = 0;
  // The frame's CFA is RBP or RSP plus this. The return address is in front of
  // it.
  int32_t cfa_offset = 0;
  bool cfa_from_rbp = false;
  // False: only libgcc knows how this frame is unwound.
  bool known = false;
  // Distance of a register's slot from the CFA, in words; 0: not saved.
  std::array<int8_t, kSavedRegisters> slots = {};

  // Precondition: landing != 0.
  uintptr_t LandingPad() const {
    return program_counter - 1 + static_cast<uintptr_t>(int64_t{landing});
  }
  // Where the caller's stack pointer will be.
  uintptr_t Cfa(const FrameRegisters& frame) const {
    return (cfa_from_rbp ? frame.saved[kRbp] : frame.stack_pointer) +
           static_cast<uintptr_t>(int64_t{cfa_offset});
  }
  // From this frame to its caller. Precondition: known.
  ABSL_ATTRIBUTE_NO_SANITIZE_ADDRESS void Pop(FrameRegisters& frame) const {
    const auto* const cfa = reinterpret_cast<const uintptr_t*>(Cfa(frame));
    for (size_t i = 0; i < kSavedRegisters; ++i) {
      if (slots[i] != 0) frame.saved[i] = cfa[slots[i]];
    }
    frame.program_counter = cfa[-1];
    frame.stack_pointer = reinterpret_cast<uintptr_t>(cfa);
  }
};

// The row of the call that returns to `program_counter`, which lies in a loaded
// object; nothing when .eh_frame says nothing or what a row cannot say. Landing
// pads are those of generated code. Thread-safe, takes no lock.
std::optional<FrameRow> ReadFrameRow(uintptr_t program_counter);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_FRAME_ROWS_H_
