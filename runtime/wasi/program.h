// From a compiled WASI module to a running program.
//
//   if (wasi::IsWasiModule(code.module())) {
//     return wasi::Run(code, {policy, start, files, vfs, tracer});
//   }
//
// A WASI command defines and exports its memory, which grows by memory.grow,
// and _start; it imports nothing but WASI functions (and its memory, if it
// wants to). It has no signals: SIGPIPE is an error of the write, and every
// other signal takes its default action.

#ifndef SLIPWAY_RUNTIME_WASI_PROGRAM_H_
#define SLIPWAY_RUNTIME_WASI_PROGRAM_H_

#include "absl/status/status.h"
#include "runtime/engine/code_object.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/process.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"
#include "runtime/wasm/module.h"

namespace slipway::wasi {

// Whether the module is to be run here: it imports WASI functions, or nothing
// of posix1 and is not position-independent as programs of slipway-cc are.
bool IsWasiModule(const wasm::Module& module);

struct World {
  const sandbox::Policy& policy;
  const host::StartInfo& start;
  host::DescriptorTable& files;
  host::Vfs& vfs;
  const host::Tracer* tracer;  // null for none
  // By a guest's execve: its sockets are that guest's.
  bool executed = false;
};

// Runs the program on the calling thread, to its end, which is the end of the
// process; returns when it cannot be started. kInvalidArgument says what the
// module lacks, kFailedPrecondition what is wrong with the grants.
absl::Status Run(const engine::CodeObject& code, const World& world);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_PROGRAM_H_
