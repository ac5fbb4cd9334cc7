// Prints one argument of a traced call. Which printer a kind has is one table
// in trace_values.cc; a kind without its own printer is printed by the style
// that kinds.def gives it.

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_VALUES_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_VALUES_H_

#include <cstddef>

#include "runtime/host/trace_call.h"
#include "runtime/host/trace_line.h"

namespace slipway::host {

// Precondition: index < call.row.argc.
void AppendArgument(TraceLine& line, const TracedCall& call, size_t index);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_VALUES_H_
