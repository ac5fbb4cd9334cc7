// Where a function of generated code handles an exception, according to its
// language-specific data area (LSDA). The layout is GCC's (libstdc++
// eh_personality.cc describes it; LLVM AsmPrinter/EHStreamer.cpp emits it).
// Internal to the unwinder and the personality routine.

#ifndef SLIPWAY_RUNTIME_ENGINE_LANDING_PADS_H_
#define SLIPWAY_RUNTIME_ENGINE_LANDING_PADS_H_

#include <cstdint>

namespace slipway::engine {

// The landing pad for an exception that arrives at `ip` of the function that
// begins at `function` and has `lsda`, or 0. For a call, `ip` is a byte of the
// call instruction. `faulted`: `ip` is an access that faulted and whose signal
// handler throws. The table knows calls only, and such an access lies between
// them; then the nearest pad is the function's setjmp, or one that passes on
// what is not its.
//
// The data is the compiler's, inside a file whose digest was checked: its
// lengths are trusted. Async-signal-safe.
uintptr_t FindLandingPad(const uint8_t* lsda, uintptr_t function, uintptr_t ip,
                         bool faulted);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_LANDING_PADS_H_
