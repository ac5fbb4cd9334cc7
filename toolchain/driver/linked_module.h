// What the driver reads from a linked module, and changes in it.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/wasm/module.h"

namespace slipway::toolchain {

// Whether a link left a module there: a script may link to /dev/null to see
// whether it can be done.
bool IsModule(const std::string& path);

// A shared memory must state a maximum, and wasm-ld 22 accepts none above
// 16 GiB. Rewrites the module in place to say 1 TiB, all that a guest can
// address. A file that is not a module with an imported memory is an error.
absl::Status RaiseMemoryMaximum(const std::string& path);

// Makes calls of functions by another type than they have work
// (call_adapters.h), in place.
absl::Status AdaptCallsIn(const std::string& path);

absl::StatusOr<std::string> ReadModule(const std::string& path);
// In place: the file keeps its permissions. An error of `module` is one of the
// file.
absl::Status WriteModule(const std::string& path,
                         const absl::StatusOr<std::string>& module);

struct ModuleFacts {
  bool loads_modules = false;  // can call dlopen
  bool needs_libraries = false;
  // That it defines and offers.
  std::vector<std::pair<std::string, wasm::FuncType>> functions;
};
absl::StatusOr<ModuleFacts> FactsOf(const std::string& path);

// What others name the library by; empty when it does not say.
std::string SonameOf(const wasm::Module& module);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_
