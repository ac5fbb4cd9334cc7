#include "runtime/wasi/program.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/memory.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/host/death.h"
#include "runtime/wasi/dispatch.h"
#include "runtime/wasi/guest.h"
#include "runtime/wasi/names.h"
#include "runtime/wasi/preopens.h"

namespace slipway::wasi {
namespace {

using wasm::ExternKind;

constexpr std::string_view kPosix = "posix1";
constexpr size_t kNativeStackSize = 256u << 20;  // lazily

bool ImportsFrom(const wasm::Module& module, std::string_view from) {
  return std::any_of(
      module.imports.begin(), module.imports.end(),
      [from](const wasm::Import& import) { return import.module == from; });
}

bool ImportsWasi(const wasm::Module& module) {
  return ImportsFrom(module, kPreview1) || ImportsFrom(module, kUnstable);
}

absl::string_view Text(std::string_view view) {
  return {view.data(), view.size()};
}

absl::Status CheckIsCommand(const wasm::Module& module) {
  if (ImportsFrom(module, kPosix)) {
    return absl::InvalidArgumentError(
        "imports both posix1 and WASI functions; link it for one of them");
  }
  if (ImportsFrom(module, kPreview1) && ImportsFrom(module, kUnstable)) {
    return absl::InvalidArgumentError(
        "imports both wasi_snapshot_preview1 and wasi_unstable, whose layouts "
        "differ; link it with one version of its C library");
  }
  const wasm::Export* start =
      module.FindExport("_start", ExternKind::kFunction);
  if (start == nullptr) {
    return absl::InvalidArgumentError(
        module.FindExport("_initialize", ExternKind::kFunction) != nullptr
            ? "is a WASI reactor (it exports _initialize and no _start): a "
              "library for a host program, with nothing to run; link it as a "
              "command (-mexec-model=command)"
            : "does not export _start, so there is nothing to run");
  }
  const wasm::FuncType& type = module.function_type(start->index);
  if (!type.params.empty() || !type.results.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "its _start has type ", type.ToString(), ", not () -> ()"));
  }
  return absl::OkStatus();
}

// The memory that calls are about; null when the module exports none, which is
// right for one that calls nothing.
absl::StatusOr<const wasm::MemoryType*> FindMemory(const wasm::Module& module) {
  const wasm::Export* memory = module.FindExport("memory", ExternKind::kMemory);
  if (memory != nullptr) return &module.memories[memory->index];
  if (!ImportsWasi(module)) return nullptr;
  return absl::InvalidArgumentError(
      "does not export its memory as \"memory\", as WASI wants it");
}

// A module may leave making its memory to the host.
absl::Status DefineMemory(engine::Linker& linker, const wasm::Module& module) {
  for (const wasm::Import& import : module.imports) {
    if (import.kind != ExternKind::kMemory) continue;
    auto memory = engine::Memory::Create(module.memories[import.index].limits);
    if (!memory.ok()) return memory.status();
    linker.Define(import.module, import.name, *std::move(memory));
  }
  return absl::OkStatus();
}

absl::Status CheckImportsDefined(const engine::Linker& linker,
                                 const wasm::Module& module) {
  std::vector<std::string> missing;
  for (const wasm::Import& import : module.imports) {
    if (linker.Find(import.module, import.name) == nullptr) {
      missing.push_back(
          absl::StrCat(Text(import.module), ".", Text(import.name)));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "imports that nothing provides: ", absl::StrJoin(missing, ", "),
      " (a WASI program has preview "
      "1 and no threads)"));
}

class Program {
 public:
  Program(const engine::CodeObject& code, const World& world)
      : code_(code),
        executed_(world.executed),
        guest_{.policy = world.policy,
               .start = world.start,
               .vfs = world.vfs,
               .files = FileTable(world.files),
               .tracer = world.tracer} {}

  absl::Status Load() {
    absl::Status status = CheckIsCommand(code_.module());
    if (status.ok()) status = engine::InstallFaultHandlers();
    if (status.ok()) status = Open();
    if (status.ok()) status = Instantiate();
    return status;
  }

  [[noreturn]] void Run() {
    const engine::Outcome outcome =
        engine::Invoke(*thread_, *instance_->FindFunction("_start"), {});
    if (outcome.kind != engine::Outcome::kReturned) {
      host::DieOfOutcome(guest_.start.executable, outcome);
    }
    ::_exit(0);
  }

 private:
  const wasm::Module& module() const { return code_.module(); }

  absl::Status Open() {
    OpenStandard(guest_);
    absl::Status status = OpenDirectories(guest_);
    if (status.ok() && !executed_) status = OpenSockets(guest_);
    return status;
  }

  absl::Status Link(engine::Linker& linker, Width width) {
    guest_.unstable = ImportsFrom(module(), kUnstable);
    absl::Status status = DefineMemory(linker, module());
    for (const std::string_view from : {kPreview1, kUnstable}) {
      if (!status.ok()) return status;
      status = DefineImports(linker, module(), from, width, guest_);
    }
    if (status.ok()) status = CheckImportsDefined(linker, module());
    return status;
  }

  absl::Status Instantiate() {
    const auto memory = FindMemory(module());
    if (!memory.ok()) return memory.status();
    const Width width =
        *memory != nullptr && (*memory)->limits.is64 ? Width::k64 : Width::k32;
    engine::Linker linker(store_);
    absl::Status status = Link(linker, width);
    if (!status.ok()) return status;
    auto thread =
        engine::Thread::Create(store_, {.stack_size = kNativeStackSize});
    if (!thread.ok()) return thread.status();
    thread_ = *std::move(thread);
    thread_->Attach();
    ::signal(SIGPIPE, SIG_IGN);
    auto instance = engine::Instance::Create(*thread_, code_, linker);
    if (!instance.ok()) return instance.status();
    instance_ = *instance;
    if (*memory != nullptr) {
      const auto made = instance_->FindMemory("memory");
      guest_.memory = MemoryLayout(
          host::GuestMemory(made->base(), made->reservation()), width);
    }
    return absl::OkStatus();
  }

  const engine::CodeObject& code_;
  const bool executed_;
  Guest guest_;
  engine::Store store_;
  std::unique_ptr<engine::Thread> thread_;
  engine::Instance* instance_ = nullptr;
};

}  // namespace

bool IsWasiModule(const wasm::Module& module) {
  if (ImportsWasi(module)) return true;
  return !ImportsFrom(module, kPosix) && !module.dylink;
}

absl::Status Run(const engine::CodeObject& code, const World& world) {
  Program program(code, world);
  const absl::Status status = program.Load();
  if (!status.ok()) return status;
  program.Run();
}

}  // namespace slipway::wasi
