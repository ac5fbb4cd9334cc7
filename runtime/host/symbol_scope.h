// Which module each import of a module comes from: the first in a scope that
// exports the name. Only looks; the modules need no instances.

#ifndef SLIPWAY_RUNTIME_HOST_SYMBOL_SCOPE_H_
#define SLIPWAY_RUNTIME_HOST_SYMBOL_SCOPE_H_

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/host/side_modules_internal.h"

namespace slipway::host {

class SymbolScope {
 public:
  using Module = SideModules::Module;

  // An import from "env" or a table of offsets; without a module, undefined.
  struct Binding {
    const wasm::Import* import = nullptr;
    const Module* module = nullptr;
    const wasm::Export* entry = nullptr;
  };

  SymbolScope(std::vector<std::shared_ptr<Module>> modules, bool lazy)
      : modules_(std::move(modules)), lazy_(lazy) {}

  // In the order of the imports. kNotFound with all that is undefined and must
  // not be; kInvalidArgument for a function of another type, a thread-local
  // variable.
  absl::StatusOr<std::vector<Binding>> Resolve(const Module& user) const;

 private:
  absl::StatusOr<Binding> ResolveOne(const Module& user,
                                     const wasm::Import& import) const;
  absl::StatusOr<Binding> ResolveFunction(const Module& user,
                                          const wasm::Import& import) const;
  Binding Lookup(const wasm::Import& import, wasm::ExternKind kind) const;
  bool MayBeUndefined(const Module& user, const wasm::Import& import) const;

  const std::vector<std::shared_ptr<Module>> modules_;
  const bool lazy_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SYMBOL_SCOPE_H_
