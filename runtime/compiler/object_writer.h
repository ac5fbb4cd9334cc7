// The part of an object that is there once: header, thunks, personality
// routine, the pointer to the runtime, and the module without its code.

#ifndef SLIPWAY_RUNTIME_COMPILER_OBJECT_WRITER_H_
#define SLIPWAY_RUNTIME_COMPILER_OBJECT_WRITER_H_

#include "runtime/compiler/unit.h"

namespace slipway::compiler {

void EmitObject(Unit& unit);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_OBJECT_WRITER_H_
