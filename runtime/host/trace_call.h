// What the tracer knows about a call: its row of posix-shim/abi/posix.def as
// data. The rows are constants; dispatch passes them by reference.

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_CALL_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_CALL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// One enumerator per row of kinds.def, `k_` before its name.
enum class ArgKind : uint8_t {
#define POSIX_KIND(name, cpp_type, style) k_##name,
#include "posix-shim/abi/kinds.def"
#undef POSIX_KIND
};

inline constexpr size_t kMaxArgs = 7;

struct TraceArg {
  ArgKind kind;
  const char* name;
};

struct TraceCall {
  const char* name;
  uint8_t argc;
  TraceArg args[kMaxArgs];
};

// Every row of posix.def in its order, refused ones included (their arguments
// have kind word and no name).
std::span<const TraceCall> TraceCalls();
// Null when there is no such row.
const TraceCall* FindTraceCall(std::string_view name);

// A call that has been made, as the printers of trace_values.h see it.
struct TracedCall {
  const TraceCall& row;
  const GuestMemory& memory;
  std::span<const int64_t> args;
  int64_t result;  // a value or a negative errno
  // False while the call has not returned (and for calls that never do): then
  // nothing that it writes is printed.
  bool returned;

  bool succeeded() const { return returned && !(result < 0 && result > -4096); }
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_CALL_H_
