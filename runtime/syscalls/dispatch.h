// The dispatcher: everything between a guest's call of a posix1 import and its
// handler, and back. In order: the right that the row names, the handler (with
// the engine told that the host is at work), the errno as a negative number,
// signals that arrived meanwhile, and the re-run that SA_RESTART asks for.
// Refused rows answer their errno here. With a tracer in the Process, calls go
// through a second set of entry functions; without one, tracing costs nothing.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_H_
#define SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/engine/linker.h"
#include "runtime/host/process.h"
#include "runtime/sandbox/rights.h"
#include "runtime/syscalls/call.h"
#include "runtime/wasm/module.h"

namespace slipway::sys {

// One row of posix.def, as the dispatcher uses it.
struct Row {
  const char* name;
  uint8_t argc;
  sandbox::Right right;
  // Null for a refused row, which answers `refusal` (an errno) for `reason`.
  SysResult<int64_t> (*apply)(Call& call, const int64_t* arguments);
  int refusal;
  const char* reason;
  // Whether SA_RESTART has no effect on it (signal(7)).
  bool never_restarts;
  // Whether it ends the calling thread.
  bool never_returns;
  // int64_t (*)(Process*, int64_t × argc), for the engine.
  const void* entry;
  const void* traced_entry;
};

// All rows, in posix.def's order.
std::span<const Row> Rows();
// Null when there is no such row.
const Row* FindRow(std::string_view name);

// Makes the call for the calling thread, which is a guest thread.
int64_t Dispatch(const Row& row, host::Process& process,
                 const int64_t* arguments);

// Defines what `module` imports from "posix1". kInvalidArgument for an import
// that no row has, or that is not a function of its row's type.
// `process` must outlive the linker's store.
absl::Status DefineImports(engine::Linker& linker, const wasm::Module& module,
                           host::Process& process);

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_H_
