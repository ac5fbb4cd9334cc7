// Changes what a linked module says about symbols and libraries, where wasm-ld
// cannot be told.
//
//   ModuleChanges changes;
//   changes.soname = "libfoo.so.1";
//   absl::StatusOr<std::string> changed = RewriteModule(bytes, changes);

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_MODULE_REWRITER_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_MODULE_REWRITER_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/wasm/module.h"

namespace slipway::toolchain {

struct ModuleChanges {
  // In the name of an import this is left out at its beginning.
  std::string import_prefix;
  // Exports for which it is false go; null keeps all.
  std::function<bool(std::string_view)> keeps_export;
  // Needed libraries: from the name that wasm-ld wrote.
  std::map<std::string, std::string, std::less<>> needed;
  // The library's own name: the custom section "slipway.soname".
  std::string soname;
  // dlclose leaves the library: the empty custom section "slipway.nodelete".
  bool stays_loaded = false;
};

// kInvalidArgument when the bytes are no module with a dylink.0 section.
absl::StatusOr<std::string> RewriteModule(wasm::Bytes module,
                                          const ModuleChanges& changes);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_MODULE_REWRITER_H_
