// Our engine as an EngineProcess: compiles in this process, loads, calls.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_SLIPWAY_ENGINE_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_SLIPWAY_ENGINE_H_

#include "tests/differential/case.h"

namespace slipway::differential {

// Runs the cases on stdin until there are no more; `optimization` is -O's
// number.
void ServeSlipway(int optimization);

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_SLIPWAY_ENGINE_H_
