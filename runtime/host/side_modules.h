// Shared libraries of a guest: modules that are loaded beside the program, into
// its memory and table (wasm-ld -shared; tool-conventions, DynamicLinking.md).
//
// The mechanism only. What to load, from where, in which order, and which
// module a symbol comes from when several have it is decided by the guest's
// dlopen (posix-shim/src/ldso), which says so by the scopes that it passes.
//
// Life of a module: Load compiles it (in another process, through the cache).
// Link takes one or several modules that may need each other: it maps their
// data, instantiates them in every thread with each import bound to the first
// module of a scope that exports the name, and relocates their data. A program
// that is linked to libraries is itself such a module, the first time: it runs
// with those imports unbound until then. Unload unmaps the data and empties the
// function slots. Code and instance stay to the end of the process, for a
// thread may be in them; a module of the same code whose imports come from the
// same functions gets the same instance, renewed, so that opening and closing a
// library again and again takes no more memory than doing it once.
//
// A module has no more rights than the program: its calls of posix1 are the
// same ones, through the same checks.
//
// Thread-safe. A lock around the lists, never held while guest code runs. A
// racing guest may unload what is being linked to: instances are never freed.

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
#include "runtime/host/offset_cell.h"
#include "runtime/host/process.h"
#include "runtime/host/undefined_functions.h"

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

  // The program, loaded and relocated, is module 0.
  struct MainModule {
    engine::Instance* instance = nullptr;
    uint64_t memory_base = 0;
    uint64_t table_base = 0;
    // What it takes from libraries: these, and functions that are bound to
    // stand-ins.
    bool needs_libraries = false;
    std::vector<OffsetCell> cells;
  };
  // `process` must outlive this.
  SideModules(Process& process, Environment environment, MainModule program);
  ~SideModules();

  struct Loaded {
    uint32_t id = 0;
    const wasm::Module* module = nullptr;
  };
  // kInvalidArgument: not a side module, or not compiled, with the compiler's
  // words; kResourceExhausted; others when the compiler cannot be run.
  absl::StatusOr<Loaded> Load(std::string_view bytes);

  // What module_load tells of a module: see Load. Null for an unknown id.
  const wasm::Module* Contents(uint32_t id);

  struct Linked {
    uint64_t memory_base = 0;
    uint64_t memory_size = 0;    // bytes
    uint64_t tls_size = 0;       // bytes, of each thread's copy
    uint64_t tls_alignment = 1;  // bytes
  };
  struct LinkOptions {
    // A function that nothing defines traps when it is called; otherwise it is
    // an error, as undefined data always is.
    bool lazy = false;
    // The calling thread is the only one, and no signal handler can interrupt
    // it: what it may be calling can be bound.
    bool alone = false;
  };
  // Links the modules of the scope that are not linked, as one. Symbols come
  // from the first module of the scope that has them. The result describes each
  // module of the scope. On an error nothing is linked.
  // kNotFound: "undefined symbol: …"; kFailedPrecondition: the program is to be
  // linked, and not alone; kInvalidArgument: a symbol of another type, an
  // unknown module; kResourceExhausted.
  absl::StatusOr<std::vector<Linked>> Link(engine::Thread& thread,
                                           std::span<const uint32_t> scope,
                                           LinkOptions options);

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

  // False for an id that is not a side module's, or when it is being linked.
  bool Unload(uint32_t id);

  // For fork; taken before all others.
  std::mutex& mutex() { return mutex_; }

  // side_modules_internal.h
  struct Module;
  struct Body;

 private:
  friend class SideModuleLink;

  absl::StatusOr<const engine::CodeObject*> CodeOf(std::string_view bytes);
  // Null for an unknown id. Precondition for both: the lock is held.
  Module* ModuleAt(uint32_t id);
  uint32_t Add(std::shared_ptr<Module> module);

  Process& process_;
  const Environment environment_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Module>> modules_;           // by id
  std::vector<uint32_t> free_ids_;                         // null in modules_
  std::map<std::string, const engine::CodeObject*> code_;  // by object's path
  // Of modules that were unloaded.
  std::multimap<const engine::CodeObject*, std::unique_ptr<Body>> bodies_;
  FunctionSlots slots_;
  UndefinedFunctions undefined_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIDE_MODULES_H_
