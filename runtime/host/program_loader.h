// From a compiled module to a running program.
//
//   auto program = Program::Create(policy, start, tracer);
//   auto vfs = Vfs::Create(policy, files, start, (*program)->memory());
//   status = (*program)->Load(*code, files, **vfs, &sys::DefineImports);
//   (*program)->Run();                                  // does not return
//
// The program is a PIE (wasm-ld -pie: it has a dylink.0 section) that imports
// its memory, table, stack pointer and bases. Load places data, stack, heap and
// table at random addresses, in a reservation whose page 0 stays unmapped, then
// links, instantiates and relocates. One Program per process.

#ifndef SLIPWAY_RUNTIME_HOST_PROGRAM_LOADER_H_
#define SLIPWAY_RUNTIME_HOST_PROGRAM_LOADER_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/memory.h"
#include "runtime/engine/store.h"
#include "runtime/engine/table.h"
#include "runtime/engine/thread.h"
#include "runtime/host/address_space.h"
#include "runtime/host/global_offset_table.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/process.h"
#include "runtime/host/side_modules.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"

namespace slipway::host {

class Program {
 public:
  // Defines what the module imports from "posix1" (runtime/syscalls does).
  using DefineImports = absl::Status (*)(engine::Linker& linker,
                                         const wasm::Module& module,
                                         Process& process);

  // Reserves the memory. `policy`, `start` and `tracer` (null for none) must
  // outlive the program. kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Program>> Create(
      const sandbox::Policy& policy, const StartInfo& start,
      const Tracer* tracer);
  ~Program();

  GuestMemory memory() const { return memory_; }
  const AddressSpace& address_space() const { return address_space_; }
  PidRegistry& processes() { return pids_; }

  // Called once, on the thread that will call Run, the process's main thread.
  // kInvalidArgument for a module that is not such a program (the message says
  // what it lacks, imports that nothing provides included), kResourceExhausted.
  absl::Status Load(const engine::CodeObject& code, DescriptorTable& files,
                    Vfs& vfs, DefineImports define_imports);

  // Runs the program to its end, which is the end of the process.
  [[noreturn]] void Run();

 private:
  Program(const sandbox::Policy& policy, const StartInfo& start,
          const Tracer* tracer, std::shared_ptr<engine::Memory> memory);

  absl::Status MapData(const wasm::Dylink& dylink);
  absl::Status MapStack();
  absl::Status StartThread();
  void MakeProcess(DescriptorTable& files, Vfs& vfs);
  absl::Status DefineEnvironment(engine::Linker& linker,
                                 const wasm::Module& module);
  // Functions that come from libraries; an error for all else.
  absl::Status DefineUndefined(engine::Linker& linker,
                               const wasm::Module& module);
  absl::Status DefineTable(engine::Linker& linker, const wasm::Module& module);
  void FindEntryPoints();
  absl::Status Relocate();
  absl::Status WriteStack();

  const sandbox::Policy& policy_;
  const StartInfo& start_;
  const Tracer* const tracer_;
  engine::Store store_;
  const std::shared_ptr<engine::Memory> engine_memory_;
  const GuestMemory memory_;
  AddressSpace address_space_;
  Signals signals_;
  ThreadRegistry threads_;
  PidRegistry pids_;
  std::optional<Process> process_;
  std::optional<SideModules> modules_;
  Thread main_;
  std::unique_ptr<engine::Thread> main_engine_;

  GlobalOffsetTable got_;
  std::shared_ptr<engine::Table> table_;
  uint64_t memory_base_ = 0;
  uint64_t table_base_ = 0;
  uint64_t table_end_ = 0;  // of the module's own elements
  GuestPtr stack_top_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PROGRAM_LOADER_H_
