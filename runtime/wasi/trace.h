// Calls of WASI functions in `slipway trace`:
//
//   path_open(3, 0x1, "notes.txt", …, [4])  = 0 SUCCESS
//
// One line per call that returned. Calls that do not return print "= ?" before
// they go.

#ifndef SLIPWAY_RUNTIME_WASI_TRACE_H_
#define SLIPWAY_RUNTIME_WASI_TRACE_H_

#include <cstdint>

#include "runtime/wasi/dispatch.h"

namespace slipway::wasi {

// Precondition of both: guest.tracer is set.
// Prints nothing for calls that return.
void TraceLeaving(const Row& row, const Guest& guest,
                  const uint64_t* arguments);
void TraceReturned(const Row& row, const Guest& guest,
                   const uint64_t* arguments, uint16_t number);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_TRACE_H_
