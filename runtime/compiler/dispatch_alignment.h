// Puts the cases of a dispatch on lines of their own.
//
// In a loop around a switch, as an interpreter has, the processor jumps to one
// case after the other. How the cases share lines of the instruction cache
// decides by half of the loop's time how well it does; each at the begin of a
// line was always good (docs/performance.md). Other switches stay small.

#ifndef SLIPWAY_RUNTIME_COMPILER_DISPATCH_ALIGNMENT_H_
#define SLIPWAY_RUNTIME_COMPILER_DISPATCH_ALIGNMENT_H_

namespace slipway::compiler {

// Registers, once per process, what aligns them in the machine code.
void AlignDispatches();

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_DISPATCH_ALIGNMENT_H_
