#include "runtime/host/program_loader.h"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/host/constants.h"
#include "runtime/host/death.h"
#include "runtime/host/guarded_exchange.h"
#include "runtime/host/initial_stack.h"
#include "runtime/host/process_title.h"
#include "runtime/host/signal_delivery.h"
#include "runtime/host/undefined_functions.h"

namespace slipway::host {

namespace {

constexpr uint64_t kStackSize = 8 << 20;         // as Linux by default
constexpr uint64_t kStackGuard = 1 << 20;        // below it
constexpr size_t kNativeStackSize = 256u << 20;  // lazily; of the main thread
// Data goes between these, so that there is room for brk above it.
constexpr uint64_t kDataFloor = uint64_t{1} << 32;
constexpr uint64_t kDataRange = uint64_t{1} << 38;
constexpr uint64_t kBreakGapPages = 1 << 13;
// Function pointers start above the small numbers that stand for something
// else (null, SIG_IGN), at a random place.
constexpr uint64_t kTableFloor = 64;
constexpr uint64_t kTableRange = 1 << 20;

uint64_t Random() {
  uint64_t value = 0;
  // Without entropy the program runs at fixed addresses.
  if (getrandom(&value, sizeof(value), 0) != sizeof(value)) value = 0;
  return value;
}

absl::Status FromErrno(const char* what, Errno error) {
  return absl::ErrnoToStatus(error.code, what);
}

object::Value I64(uint64_t value) {
  object::Value result = {};
  result.i64 = static_cast<int64_t>(value);
  return result;
}

const wasm::Import* FindImport(const wasm::Module& module,
                               std::string_view name) {
  for (const wasm::Import& import : module.imports) {
    if (import.module == "env" && import.name == name) return &import;
  }
  return nullptr;
}

absl::Status CheckIsProgram(const wasm::Module& module) {
  if (!module.dylink) {
    return absl::InvalidArgumentError(
        "not a position-independent program (no dylink.0 section); link it "
        "with slipway-cc");
  }
  if (FindImport(module, "memory") == nullptr) {
    return absl::InvalidArgumentError(
        "does not import its memory; link it with slipway-cc");
  }
  if (!module.memories[0].limits.is64) {
    return absl::InvalidArgumentError(
        "a 32-bit module cannot use posix1; build it for wasm64");
  }
  if (module.FindExport("_start", wasm::ExternKind::kFunction) == nullptr) {
    return absl::InvalidArgumentError("does not export _start");
  }
  return absl::OkStatus();
}

// All of them at once: a list is more useful than the first name.
absl::Status UndefinedError(const std::vector<std::string>& missing) {
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "imports that nothing provides: ", absl::StrJoin(missing, ", ")));
}

std::string NameOf(const wasm::Import& import) {
  return absl::StrCat(
      absl::string_view(import.module.data(), import.module.size()), ".",
      absl::string_view(import.name.data(), import.name.size()));
}

// Of libraries: libc has the program linked to them when it starts.
bool NeedsLibraries(const wasm::Module& module) {
  return !module.dylink->needed.empty();
}

}  // namespace

Program::Program(const sandbox::Policy& policy, const StartInfo& start,
                 const Tracer* tracer, std::shared_ptr<engine::Memory> memory)
    : policy_(policy),
      start_(start),
      tracer_(tracer),
      engine_memory_(std::move(memory)),
      memory_(engine_memory_->base(), engine_memory_->reservation()),
      address_space_(memory_),
      pids_(start.pid_registry) {
  const std::vector<uint64_t>& limits = start.memory_limits;
  if (limits.size() != 4) return;
  address_space_.SetLimit(RLIMIT_AS, {limits[0], limits[1]});
  address_space_.SetLimit(RLIMIT_DATA, {limits[2], limits[3]});
}

Program::~Program() = default;

absl::StatusOr<std::unique_ptr<Program>> Program::Create(
    const sandbox::Policy& policy, const StartInfo& start,
    const Tracer* tracer) {
  auto memory = engine::Memory::CreatePosix();
  if (!memory.ok()) return memory.status();
  std::unique_ptr<Program> program(
      new Program(policy, start, tracer, *std::move(memory)));
  if (!program->pids_.valid() || !InstallGuardedExchange()) {
    return absl::ResourceExhaustedError("no memory for the runtime");
  }
  return program;
}

void Program::MakeProcess(DescriptorTable& files, Vfs& vfs) {
  process_.emplace(Process{.memory = memory_,
                           .policy = policy_,
                           .start = start_,
                           .files = files,
                           .vfs = vfs,
                           .address_space = address_space_,
                           .signals = signals_,
                           .threads = threads_,
                           .pids = pids_,
                           .store = store_,
                           .tracer = tracer_});
}

absl::Status Program::MapData(const wasm::Dylink& dylink) {
  const uint64_t alignment =
      std::max(AddressSpace::kPage, uint64_t{1} << dylink.memory_alignment);
  memory_base_ = (kDataFloor + Random() % kDataRange) & ~(alignment - 1);
  const uint64_t size = std::max<uint64_t>(dylink.memory_size, 1);
  const SysResult<GuestPtr> at = address_space_.Map(
      {.address = {memory_base_},
       .length = size,
       .protection = PROT_READ | PROT_WRITE,
       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE});
  if (!at.ok()) return FromErrno("mapping the program's data", at.error());
  const uint64_t gap = Random() % kBreakGapPages * AddressSpace::kPage;
  address_space_.SetBreakStart({memory_base_ + size + gap});
  return absl::OkStatus();
}

absl::Status Program::MapStack() {
  const SysResult<GuestPtr> at =
      address_space_.MapStack(kStackSize, kStackGuard);
  if (!at.ok()) return FromErrno("mapping the program's stack", at.error());
  stack_top_ = *at + kStackSize;
  return absl::OkStatus();
}

absl::Status Program::WriteStack() {
  const SysResult<GuestPtr> sp =
      WriteInitialStack(memory_, stack_top_, kStackSize / 2, start_);
  if (!sp.ok()) return FromErrno("writing the arguments", sp.error());
  stack_top_ = *sp;
  return absl::OkStatus();
}

absl::Status Program::DefineTable(engine::Linker& linker,
                                  const wasm::Module& module) {
  const wasm::Import* import = FindImport(module, "__indirect_function_table");
  table_base_ = kTableFloor + Random() % kTableRange;
  table_end_ = table_base_ + module.dylink->table_size;
  wasm::Limits limits{.min = table_end_ + got_.function_count(),
                      .max = std::nullopt,
                      .shared = false,
                      .is64 = true};
  wasm::ValueType element = wasm::ValueType::FuncRef();
  if (import != nullptr && import->kind == wasm::ExternKind::kTable) {
    const wasm::TableType& type = module.tables[import->index].type;
    limits.min = std::max(limits.min, type.limits.min);
    limits.is64 = type.limits.is64;
    element = type.element;
  }
  auto table =
      engine::Table::Create(engine::MakeLinkType(module, element), limits);
  if (!table.ok()) return table.status();
  table_ = *std::move(table);
  linker.Define("env", "__indirect_function_table", table_);
  return absl::OkStatus();
}

absl::Status Program::DefineEnvironment(engine::Linker& linker,
                                        const wasm::Module& module) {
  linker.Define("env", "memory", engine_memory_);
  got_.Define(store_, linker, module);
  if (absl::Status status = DefineTable(linker, module); !status.ok()) {
    return status;
  }
  const wasm::ValueType i64 = wasm::ValueType::kI64;
  auto stack_pointer = store_.AddThreadGlobal(
      {.value = i64, .is_mutable = true}, I64(stack_top_.address));
  if (!stack_pointer.ok()) return stack_pointer.status();
  process_->entry.stack_pointer = *stack_pointer;
  linker.Define("env", "__stack_pointer", *stack_pointer);
  linker.Define("env", "__memory_base",
                store_.AddSharedGlobal({.value = i64}, I64(memory_base_)));
  linker.Define("env", "__table_base",
                store_.AddSharedGlobal({.value = i64}, I64(table_base_)));
  return absl::OkStatus();
}

absl::Status Program::DefineUndefined(engine::Linker& linker,
                                      const wasm::Module& module) {
  UndefinedFunctions stand_ins;
  std::vector<std::string> missing;
  for (const wasm::Import& import : module.imports) {
    if (linker.Find(import.module, import.name) != nullptr) continue;
    if (!NeedsLibraries(module) || import.module != "env" ||
        import.kind != wasm::ExternKind::kFunction) {
      missing.push_back(NameOf(import));
      continue;
    }
    const auto function =
        stand_ins.Of(store_, module.function_type(import.index));
    if (!function.ok()) return function.status();
    linker.Define("env", import.name,
                  engine::FunctionExtern{.host = *function});
  }
  return UndefinedError(missing);
}

absl::Status Program::StartThread() {
  auto engine =
      engine::Thread::Create(store_, {.stack_size = kNativeStackSize});
  if (!engine.ok()) return engine.status();
  main_engine_ = *std::move(engine);
  main_engine_->Attach();
  main_.process = &*process_;
  main_.engine = main_engine_.get();
  main_engine_->set_host_data(&main_);
  if (SysStatus status = threads_.AdoptMain(main_); !status.ok()) {
    return FromErrno("preparing the main thread", status.error());
  }
  pids_.Add(main_.tid, reinterpret_cast<uint64_t>(memory_.base()));
  return absl::OkStatus();
}

void Program::FindEntryPoints() {
  const engine::Instance& instance = *process_->instance;
  process_->entry.thread_start =
      instance.FindFunction("__slipway_thread_start");
  process_->entry.signal = instance.FindFunction("__slipway_signal");
}

absl::Status Program::Relocate() {
  engine::Instance& instance = *process_->instance;
  got_.Resolve(instance, *main_engine_, memory_base_, *table_, table_end_);
  const bool needs_libraries = NeedsLibraries(instance.module());
  std::vector<std::string> missing;
  for (const OffsetCell& cell : got_.left()) {
    if (!needs_libraries) missing.push_back(NameOf(*cell.import));
  }
  if (absl::Status status = UndefinedError(missing); !status.ok()) {
    return status;
  }
  const object::FuncRef* relocate =
      instance.FindFunction("__wasm_apply_data_relocs");
  if (relocate != nullptr &&
      engine::Invoke(*main_engine_, *relocate, {}).kind !=
          engine::Outcome::kReturned) {
    return absl::AbortedError("relocating the program's data failed");
  }
  // It is relocated again when it is linked to libraries.
  if (!needs_libraries) ProtectConstants(instance, address_space_);
  return absl::OkStatus();
}

absl::Status Program::Load(const engine::CodeObject& code,
                           DescriptorTable& files, Vfs& vfs,
                           DefineImports define_imports) {
  const wasm::Module& module = code.module();
  absl::Status status = CheckIsProgram(module);
  if (!status.ok()) return status;
  MakeProcess(files, vfs);
  engine::Linker linker(store_);
  status.Update(engine::InstallFaultHandlers());
  if (status.ok()) status = MapStack();
  if (status.ok()) status = WriteStack();
  if (status.ok()) status = MapData(*module.dylink);
  if (status.ok()) status = DefineEnvironment(linker, module);
  if (status.ok()) status = define_imports(linker, module, *process_);
  if (status.ok()) status = DefineUndefined(linker, module);
  if (status.ok()) status = StartThread();
  if (!status.ok()) return status;

  auto instance = engine::Instance::Create(*main_engine_, code, linker);
  if (!instance.ok()) return instance.status();
  process_->instance = *instance;
  FindEntryPoints();
  if (status = Relocate(); !status.ok()) return status;
  modules_.emplace(
      *process_,
      SideModules::Environment{.memory = engine_memory_,
                               .table = table_,
                               .stack_pointer = process_->entry.stack_pointer,
                               .define_imports = define_imports},
      SideModules::MainModule{.instance = *instance,
                              .memory_base = memory_base_,
                              .table_base = table_base_,
                              .needs_libraries = NeedsLibraries(module),
                              .cells = got_.left()});
  process_->modules = &*modules_;
  return absl::OkStatus();
}

void Program::Run() {
  signals_.Inherit(start_.ignored_signals);
  InstallFaultHooks();
  PublishArguments(memory_, stack_top_);
  main_.signals.mask = SetKernelMask(~kNeverBlocked) & ~kUnblockable;
  SetGuestMask(main_, main_.signals.mask);
  object::Value values[1] = {I64(stack_top_.address)};
  const engine::Outcome outcome = engine::Invoke(
      *main_engine_, *process_->instance->FindFunction("_start"), values);
  if (outcome.kind == engine::Outcome::kTrapped ||
      outcome.kind == engine::Outcome::kException) {
    DieOfOutcome(start_.executable, outcome);
  }
  threads_.FinishMain(main_, static_cast<int>(outcome.exit_value));
}

}  // namespace slipway::host
