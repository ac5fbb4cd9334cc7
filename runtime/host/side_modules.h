// Shared libraries of a guest: modules that are loaded beside the program, into
// its memory and table (wasm-ld -shared; tool-conventions, DynamicLinking.md).
//
// The mechanism only. What to load, from where, in which order, and which
// module a symbol comes from when several have it is decided by the guest's
// dlopen (posix-shim/src/ldso), which says so by the scopes that it passes.
//
// Life of a module: Load compiles it (in another process, through the cache).
// Link maps its data, instantiates it in every thread with its imports bound to
// the first module of a scope that exports the name, and relocates its data.
// Unload unmaps the data and empties its function slots; code and instance stay
// to the end of the process. Modules that need each other in a circle are not
// supported: an import is bound once, before any thread can call it.
//
// A module has no more rights than the program: its calls of posix1 are the
// same ones, through the same checks.
//
// Thread-safe. A lock around the lists, never held while guest code runs.
// Modules are never freed, so that a racing guest meets a module that is
// unloaded, and not freed memory.

#ifndef SLIPWAY_RUNTIME_HOST_SIDE_MODULES_H_
#define SLIPWAY_RUNTIME_HOST_SIDE_MODULES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/memory.h"
#include "runtime/engine/table.h"
#include "runtime/engine/thread.h"
#include "runtime/host/function_slots.h"
#include "runtime/host/process.h"

namespace slipway::host {

class SideModules {
 public:
  // Defines what a module imports from "posix1".
  using DefineImports = absl::Status (*)(engine::Linker& linker,
                                         const wasm::Module& module,
                                         Process& process);

  // What all modules share.
  struct Environment {
    std::shared_ptr<engine::Memory> memory;
    std::shared_ptr<engine::Table> table;
    engine::GlobalExtern stack_pointer;
    DefineImports define_imports = nullptr;
  };

  // The program, loaded and relocated, is module 0, its data at `memory_base`.
  // `process` must outlive this.
  SideModules(Process& process, Environment environment,
              engine::Instance& program, uint64_t memory_base);
  ~SideModules();

  struct Loaded {
    uint32_t id = 0;
    const wasm::Module* module = nullptr;
  };
  // kInvalidArgument: not a side module, or not compiled, with the compiler's
  // words; kResourceExhausted; others when the compiler cannot be run.
  absl::StatusOr<Loaded> Load(std::string_view bytes);

  struct Linked {
    uint64_t memory_base = 0;
    uint64_t memory_size = 0;    // bytes
    uint64_t tls_size = 0;       // bytes, of each thread's copy
    uint64_t tls_alignment = 1;  // bytes
  };
  // `scope`: ids of linked modules, searched in order; then the module itself
  // where it stands in the scope. `lazy`: a function that nothing defines traps
  // when it is called; otherwise it is an error, as undefined data always is.
  // kNotFound: "undefined symbol: …"; kInvalidArgument: a symbol of another
  // type, a module that is unknown or linked already; kResourceExhausted.
  absl::StatusOr<Linked> Link(engine::Thread& thread, uint32_t id,
                              std::span<const uint32_t> scope, bool lazy);

  enum class SymbolKind : uint32_t { kFunction, kData, kThreadLocal };
  struct Symbol {
    SymbolKind kind;
    // A function pointer or an address: of a thread-local variable, the
    // asking thread's.
    uint64_t value;
  };
  std::optional<Symbol> Find(engine::Thread& thread, uint32_t id,
                             std::string_view name);

  struct Place {
    uint32_t id = 0;
    std::string name;    // of the symbol; empty when there is none
    uint64_t value = 0;  // of the symbol
  };
  // What is at a function pointer or an address: for data, the last exported
  // symbol that does not begin after it.
  std::optional<Place> Locate(engine::Thread& thread, uint64_t address);

  // Gives other threads what `from` has of a module's own globals, among them
  // where its thread-local variables are. False for an unknown module.
  bool CopyGlobals(const engine::Thread& from, uint32_t id,
                   absl::FunctionRef<bool(const engine::Thread&)> wants);

  // False for an id that is not a linked side module's.
  bool Unload(uint32_t id);

  // For fork; taken before all others.
  std::mutex& mutex() { return mutex_; }

 private:
  friend class SideModuleLink;
  struct Module;

  absl::StatusOr<const engine::CodeObject*> CodeOf(std::string_view bytes);
  // Null for an unknown id.
  Module* ModuleAt(uint32_t id);

  Process& process_;
  const Environment environment_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Module>> modules_;           // by id
  std::map<std::string, const engine::CodeObject*> code_;  // by object's path
  FunctionSlots slots_;
  // Stands in for functions that nothing defines, one for each type.
  std::vector<std::pair<wasm::FuncType, engine::HostFunctionDefinition*>>
      undefined_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIDE_MODULES_H_
