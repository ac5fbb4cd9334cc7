// The running WASI program, as every handler receives it, and the C++ types of
// its arguments.
//
//   SysStatus fd_tell(Guest& guest, WasiFd fd, GuestPtr offset);
//
// A handler validates, looks up, delegates and returns success or an errno of
// Linux; the dispatcher does the rest (rights, tracing, WASI's numbers).
// A WASI program has one thread, and so none of this takes locks.

#ifndef SLIPWAY_RUNTIME_WASI_GUEST_H_
#define SLIPWAY_RUNTIME_WASI_GUEST_H_

#include <cstdint>

#include "runtime/host/guest_memory.h"
#include "runtime/host/process.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"
#include "runtime/wasi/errno.h"
#include "runtime/wasi/file_table.h"
#include "runtime/wasi/memory_layout.h"

namespace slipway::wasi {

using host::Done;
using host::Errno;
using host::GuestPtr;
using host::SysResult;
using host::SysStatus;

struct Guest {
  const sandbox::Policy& policy;
  const host::StartInfo& start;
  host::Vfs& vfs;
  FileTable files;
  // Null unless calls are traced.
  const host::Tracer* tracer = nullptr;
  // Whether the module imports wasi_unstable, whose layouts differ.
  bool unstable = false;
  // Empty until the module is instantiated: its start function can pass no
  // address.
  MemoryLayout memory{};
};

// The C++ type of each argument kind: arg::fd is WasiFd, and so on.
namespace arg {
#define WASI_KIND(name, cpp_type, wire, style) using name = cpp_type;
#include "runtime/wasi/kinds.def"
#undef WASI_KIND
}  // namespace arg

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_GUEST_H_
