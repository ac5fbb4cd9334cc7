// The engine's services to generated code (object::RuntimeTable). Every object
// gets a pointer to this one table when it is loaded.

#ifndef SLIPWAY_RUNTIME_ENGINE_RUNTIME_FUNCTIONS_H_
#define SLIPWAY_RUNTIME_ENGINE_RUNTIME_FUNCTIONS_H_

#include "runtime/object/object_format.h"

namespace slipway::engine {

extern const object::RuntimeTable kRuntimeTable;

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_RUNTIME_FUNCTIONS_H_
