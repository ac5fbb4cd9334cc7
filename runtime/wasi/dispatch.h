// The dispatcher: everything between a guest's call of a WASI function and its
// handler, and back. In order: the right that the row names, the rights of the
// first descriptor among the arguments, the handler (with the engine told that
// the host is at work), and the errno as WASI's number. With a tracer in the
// Guest, calls go through it; without one, tracing costs a test of a pointer.

#ifndef SLIPWAY_RUNTIME_WASI_DISPATCH_H_
#define SLIPWAY_RUNTIME_WASI_DISPATCH_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/engine/linker.h"
#include "runtime/sandbox/rights.h"
#include "runtime/wasi/guest.h"
#include "runtime/wasi/kinds.h"
#include "runtime/wasm/module.h"

namespace slipway::wasi {

inline constexpr size_t kMaxArguments = 9;

// One row of wasi.def, as the dispatcher and the tracer use it.
struct Row {
  const char* name;
  uint8_t argc;
  Kind kinds[kMaxArguments];
  uint64_t fd_rights;
  sandbox::Right right;
  SysStatus (*apply)(Guest& guest, const uint64_t* arguments);
  // int32_t (*)(Guest*, …), for the engine: of a module with addresses of 32
  // bits, and of 64.
  const void* entry32;
  const void* entry64;
};

// All rows, in wasi.def's order.
std::span<const Row> Rows();
// Null when there is no such row.
const Row* FindRow(std::string_view name);

// Makes the call and returns WASI's errno. Arguments of less than 64 bits are
// extended by zeros.
uint16_t Dispatch(const Row& row, Guest& guest, const uint64_t* arguments);

// Defines what `module` imports from `from` ("wasi_snapshot_preview1"), for
// addresses of that width. kInvalidArgument for an import that no row has, or
// that is not a function of its row's type. `guest` must outlive the store.
absl::Status DefineImports(engine::Linker& linker, const wasm::Module& module,
                           std::string_view from, Width width, Guest& guest);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_DISPATCH_H_
