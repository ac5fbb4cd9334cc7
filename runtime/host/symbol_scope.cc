#include "runtime/host/symbol_scope.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace slipway::host {

namespace {

using wasm::ExternKind;

std::string Text(std::string_view text) { return std::string(text); }

uint32_t TypeOf(const SideModules::Module& module, uint32_t function) {
  return module.code->type_hash(module.module().functions[function]);
}

}  // namespace

absl::StatusOr<std::vector<SymbolScope::Binding>> SymbolScope::Resolve(
    const Module& user) const {
  std::vector<Binding> bindings;
  std::vector<std::string> missing;
  for (const wasm::Import& import : user.module().imports) {
    const bool is_offset = import.module.starts_with("GOT.");
    if (!is_offset && import.module != "env") continue;
    if (!is_offset && IsEnvironment(import.name)) continue;
    const absl::StatusOr<Binding> binding = ResolveOne(user, import);
    if (!binding.ok()) return binding.status();
    if (binding->module == nullptr && !MayBeUndefined(user, import)) {
      missing.push_back(Text(import.name));
    }
    bindings.push_back(*binding);
  }
  if (missing.empty()) return bindings;
  return absl::NotFoundError(
      absl::StrCat("undefined symbol: ", absl::StrJoin(missing, ", ")));
}

absl::StatusOr<SymbolScope::Binding> SymbolScope::ResolveOne(
    const Module& user, const wasm::Import& import) const {
  if (import.module == "env" && import.kind == ExternKind::kFunction) {
    return ResolveFunction(user, import);
  }
  ExternKind kind = import.kind;
  if (import.module == "GOT.func") kind = ExternKind::kFunction;
  const Binding found = Lookup(import, kind);
  if (found.module != nullptr && found.module->IsThreadLocal(import.name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("symbol ", Text(import.name),
                     " is a thread-local variable and is used as another"));
  }
  return found;
}

absl::StatusOr<SymbolScope::Binding> SymbolScope::ResolveFunction(
    const Module& user, const wasm::Import& import) const {
  const Binding found = Lookup(import, ExternKind::kFunction);
  if (found.module == nullptr) return found;
  const uint32_t type = TypeOf(user, import.index);
  if (TypeOf(*found.module, found.entry->index) == type) return found;
  // Of the same name by accident, when it has one of the right type itself.
  const wasm::Export* const own = user.Find(import.name, ExternKind::kFunction);
  if (own != nullptr && TypeOf(user, own->index) == type) {
    return Binding{&import, &user, own};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "symbol ", Text(import.name), " has the type ",
      found.module->module().function_type(found.entry->index).ToString(),
      " and is used as ",
      user.module().function_type(import.index).ToString()));
}

SymbolScope::Binding SymbolScope::Lookup(const wasm::Import& import,
                                         ExternKind kind) const {
  for (const auto& module : modules_) {
    if (const wasm::Export* entry = module->Find(import.name, kind)) {
      return {&import, module.get(), entry};
    }
  }
  return {.import = &import};
}

bool SymbolScope::MayBeUndefined(const Module& user,
                                 const wasm::Import& import) const {
  if (lazy_ && import.module == "env" && import.kind == ExternKind::kFunction) {
    return true;
  }
  const auto& flags = user.module().dylink->import_flags;
  // Flags are noted under "env", whatever the import is for.
  const auto found = flags.find({"env", import.name});
  return found != flags.end() && (found->second & wasm::Dylink::kWeak) != 0;
}

}  // namespace slipway::host
