// An instantiated module: its imports resolved, its memories, tables, tags and
// function references made, its segments applied, its start function run.
// Source: core specification, section 4.5.4.
//
// Globals are per thread (design decision 7): every thread of the store has
// its own context of every instance. A thread that is created later starts
// with a snapshot of the globals as they were when instantiation ended (start
// function included).
//
// Thread-safe once instantiated.

#ifndef SLIPWAY_RUNTIME_ENGINE_INSTANCE_H_
#define SLIPWAY_RUNTIME_ENGINE_INSTANCE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/extern.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

class Instance {
 public:
  // Instantiates on the calling thread, which must be `thread`. The instance
  // belongs to the linker's store. Errors: kNotFound and kInvalidArgument
  // ("unlinkable: import posix1.foo: expected …, got …"), kResourceExhausted,
  // kAborted (a trap or an exception: message is "trap: …" and, as the
  // specification has it, what was written to imported tables and memories
  // stays).
  static absl::StatusOr<Instance*> Create(Thread& thread,
                                          const CodeObject& code,
                                          const Linker& linker);
  ~Instance();

  // For dynamic linkers: modules that import each other's functions.
  //
  //   auto a = Instance::Reserve(store, code_a), b = …;
  //   linker_b.Define("env", "f", FunctionExtern{(*a)->own_function(index)});
  //   Member members[] = {{*std::move(a), &linker_a}, {…}};
  //   auto status = Instance::CreateGroup(thread, members);
  //
  // Reserve makes an instance that has an id and its own functions, to be
  // imported, and nothing else. kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Instance>> Reserve(
      Store& store, const CodeObject& code);
  struct Member {
    std::unique_ptr<Instance> instance;  // moved from once it is the store's
    const Linker* linker = nullptr;
  };
  // Instantiates them, each step for all before the next; start functions in
  // their order. No function of theirs is reachable before all imports are
  // bound. Errors as Create's; those it did not get to are left to the caller.
  static absl::Status CreateGroup(Thread& thread, std::span<Member> members);
  // Instantiates again, with the same imports: globals, segments and what they
  // write are new, and the start function runs. Errors as Create's.
  absl::Status Renew(Thread& thread);
  // Binds an imported function again. Preconditions: the types match, `thread`
  // is the store's only one and runs no function of this module that has used
  // the import.
  void Rebind(Thread& thread, uint32_t import, const object::FuncRef* function);

  const CodeObject& code() const { return code_; }
  const wasm::Module& module() const { return code_.module(); }
  Store& store() const { return store_; }
  uint32_t id() const { return id_; }

  // By export name; nullopt or null when there is no such export.
  std::optional<Extern> FindExport(std::string_view name) const;
  const object::FuncRef* FindFunction(std::string_view name) const;
  std::shared_ptr<Memory> FindMemory(std::string_view name) const;
  std::shared_ptr<Table> FindTable(std::string_view name) const;
  // The calling thread's cell of an exported global.
  object::Value* FindGlobal(Thread& thread, std::string_view name) const;

  // By index space.
  Memory& memory(uint32_t index) const { return *memories_[index]; }
  Table& table(uint32_t index) const { return *tables_[index]; }
  object::FuncRef* function(uint32_t index) const { return functions_[index]; }
  // A function that the module defines; from Reserve on.
  const object::FuncRef* own_function(uint32_t index) const {
    return &own_refs_[index - module().imported_functions];
  }

  // For dynamic linkers. Gives every thread that `wants` names the values that
  // `from` has of this instance's own globals; `wants` is called under the
  // store's lock.
  void CopyGlobals(const Thread& from,
                   absl::FunctionRef<bool(const Thread&)> wants) const;

  // Segments. A dropped one is empty; dropping is seen by all threads.
  wasm::Bytes data_segment(uint32_t index) const;
  void DropData(uint32_t index);
  // Where memory.init put a whole data segment when it last did, for an
  // embedder that wants to protect it; 0 when it did not.
  uint64_t data_address(uint32_t index) const {
    return data_addresses_[index].load(std::memory_order_relaxed);
  }
  void NoteDataAddress(uint32_t index, uint64_t address) {
    data_addresses_[index].store(address, std::memory_order_relaxed);
  }
  std::span<void* const> element_segment(uint32_t index) const;
  void DropElements(uint32_t index);

  // Calls visit with a thread's values of the globals that may hold references
  // to exceptions.
  void VisitExceptionGlobals(const Thread& thread,
                             absl::FunctionRef<void(void*)> visit) const;

  static Instance& FromContext(object::InstanceContext* context) {
    return *static_cast<Instance*>(context->instance);
  }

 private:
  friend class Instantiation;
  friend class Thread;

  Instance(Store& store, const CodeObject& code, uint32_t id);

  static absl::Status Publish(Store& store, std::span<Member> members);

  Extern ExternOf(wasm::ExternKind kind, uint32_t index) const;
  GlobalExtern GlobalOf(uint32_t index) const;
  // Makes this instance's context for `thread`; false when memory is short. It
  // is to be filled once those of the functions that it imports are made.
  // Called with the store's lock held.
  bool MakeContext(Thread& thread) const;
  // Globals are those of the snapshot.
  void FillContext(Thread& thread) const;
  object::InstanceContext* ContextOf(const Thread& thread) const;
  // The defined globals of a thread.
  object::Value* GlobalsOf(const Thread& thread) const;

  Store& store_;
  const CodeObject& code_;
  const uint32_t id_;
  const object::ContextLayout layout_;
  bool published_ = false;  // threads have contexts

  std::vector<std::shared_ptr<Memory>> memories_;
  std::vector<std::shared_ptr<Table>> tables_;
  std::vector<std::shared_ptr<Tag>> tags_;
  std::vector<object::FuncRef*> functions_;  // imported, then own_refs_
  std::vector<object::FuncRef> own_refs_;
  std::vector<GlobalExtern> imported_globals_;
  std::vector<object::Value> globals_snapshot_;  // defined globals
  std::vector<std::vector<void*>> elements_;     // of each segment
  std::vector<std::atomic<bool>> data_dropped_;
  std::vector<std::atomic<uint64_t>> data_addresses_;
  std::vector<std::atomic<bool>> elements_dropped_;
};

// The trap that ended an instantiation, when that is what the error of
// Instance::Create says.
std::optional<object::TrapCode> InstantiationTrap(const absl::Status& status);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_INSTANCE_H_
