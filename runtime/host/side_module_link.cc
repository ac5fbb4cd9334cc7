// SideModules::Link: bindings first, so that no thread can call an import that
// is not bound yet; then the instance; then what needs the module's own
// functions and addresses.

#include <sys/mman.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/store.h"
#include "runtime/engine/trap.h"
#include "runtime/host/address_space.h"
#include "runtime/host/constants.h"
#include "runtime/host/side_modules_internal.h"

namespace slipway::host {

namespace {

using wasm::ExternKind;

std::string Text(std::string_view text) { return std::string(text); }

object::Value I64(uint64_t value) {
  object::Value result = {};
  result.i64 = static_cast<int64_t>(value);
  return result;
}

// What the stand-in for an undefined function does.
int64_t CallUndefined(void*) {
  engine::RaiseTrap(object::TrapCode::kUninitializedElement);
}

}  // namespace

class SideModuleLink {
 public:
  using Module = SideModules::Module;

  SideModuleLink(SideModules& all, engine::Thread& thread, Module& module,
                 std::span<const uint32_t> scope, bool lazy)
      : all_(all),
        thread_(thread),
        module_(module),
        scope_(scope),
        lazy_(lazy),
        linker_(all.process_.store) {}

  absl::StatusOr<SideModules::Linked> Run() {
    using Step = absl::Status (SideModuleLink::*)();
    for (Step step :
         {&SideModuleLink::FindScope, &SideModuleLink::MapData,
          &SideModuleLink::DefineEnvironment, &SideModuleLink::DefineImports,
          &SideModuleLink::Instantiate, &SideModuleLink::FillOffsetTable,
          &SideModuleLink::Relocate}) {
      if (absl::Status status = (this->*step)(); !status.ok()) {
        Undo();
        return status;
      }
    }
    std::lock_guard lock(all_.mutex_);
    module_.state = ModuleState::kLinked;
    return Result();
  }

 private:
  struct Definition {
    const Module* module = nullptr;
    const wasm::Export* entry = nullptr;
  };
  struct Cell {
    const wasm::Import* import;
    object::Value* value;
  };

  absl::Status FindScope() {
    std::lock_guard lock(all_.mutex_);
    for (const uint32_t id : scope_) {
      const Module* module = all_.ModuleAt(id);
      if (module == nullptr ||
          (module != &module_ && module->state != ModuleState::kLinked)) {
        return absl::InvalidArgumentError(
            "libraries that need each other in a circle are not supported");
      }
      modules_.push_back(module);
    }
    return absl::OkStatus();
  }

  absl::Status MapData() {
    const wasm::Dylink& dylink = *module_.module().dylink;
    const uint64_t alignment =
        std::max(AddressSpace::kPage, uint64_t{1} << dylink.memory_alignment);
    const uint64_t size = std::max<uint64_t>(dylink.memory_size, 1);
    if (size > all_.process_.memory.size()) return NoMemory();
    // The kernel aligns to a page only.
    const uint64_t length = size + alignment - AddressSpace::kPage;
    const SysResult<GuestPtr> at =
        all_.process_.address_space.Map({.length = length,
                                         .protection = PROT_READ | PROT_WRITE,
                                         .flags = MAP_PRIVATE | MAP_ANONYMOUS});
    if (!at.ok()) return NoMemory();
    module_.map_begin = at->address;
    module_.map_size = length;
    module_.memory_base = (at->address + alignment - 1) & ~(alignment - 1);
    return absl::OkStatus();
  }

  static absl::Status NoMemory() {
    return absl::ResourceExhaustedError("no memory for the library's data");
  }

  absl::Status DefineEnvironment() {
    const wasm::Dylink& dylink = *module_.module().dylink;
    {
      std::lock_guard lock(all_.mutex_);
      table_base_ = all_.slots_.Reserve(dylink.table_size,
                                        uint64_t{1} << dylink.table_alignment);
    }
    if (table_base_ == 0) {
      return absl::ResourceExhaustedError("no room for function pointers");
    }
    engine::Store& store = all_.process_.store;
    const wasm::GlobalType constant{.value = wasm::ValueType::kI64};
    linker_.Define("env", "memory", all_.environment_.memory);
    linker_.Define("env", "__indirect_function_table", all_.environment_.table);
    linker_.Define("env", "__stack_pointer", all_.environment_.stack_pointer);
    linker_.Define("env", "__memory_base",
                   store.AddSharedGlobal(constant, I64(module_.memory_base)));
    linker_.Define("env", "__table_base",
                   store.AddSharedGlobal(constant, I64(table_base_)));
    return all_.environment_.define_imports(linker_, module_.module(),
                                            all_.process_);
  }

  absl::Status DefineImports() {
    for (const wasm::Import& import : module_.module().imports) {
      if (linker_.Find(import.module, import.name) != nullptr) continue;
      absl::Status status = absl::OkStatus();
      if (import.module.starts_with("GOT.")) {
        DefineCell(import);
      } else if (import.module != "env") {
        missing_.push_back(
            absl::StrCat(Text(import.module), ".", Text(import.name)));
      } else if (import.kind == ExternKind::kFunction) {
        status = DefineFunction(import);
      } else if (const Definition found = Lookup(import.name, import.kind);
                 found.module != nullptr && found.module != &module_) {
        linker_.Define("env", import.name,
                       *found.module->instance->FindExport(import.name));
      } else {
        missing_.push_back(Text(import.name));
      }
      if (!status.ok()) return status;
    }
    return Missing();
  }

  void DefineCell(const wasm::Import& import) {
    const engine::GlobalExtern cell = all_.process_.store.AddSharedGlobal(
        {.value = wasm::ValueType::kI64, .is_mutable = true}, {});
    linker_.Define(import.module, import.name, cell);
    cells_.push_back({&import, cell.cell});
  }

  absl::Status DefineFunction(const wasm::Import& import) {
    const Definition found = Lookup(import.name, ExternKind::kFunction);
    if (found.module == &module_) {
      // wasm-ld binds a module's own functions itself.
      return absl::InvalidArgumentError(
          absl::StrCat("imports its own function ", Text(import.name)));
    }
    if (found.module == nullptr) {
      if (!IsWeak(import) && !lazy_) missing_.push_back(Text(import.name));
      return DefineUndefined(import);
    }
    const object::FuncRef* function =
        found.module->instance->function(found.entry->index);
    if (function->type_hash !=
        module_.code->type_hash(module_.module().functions[import.index])) {
      return absl::InvalidArgumentError(absl::StrCat(
          "symbol ", Text(import.name), " has the type ",
          found.module->module().function_type(found.entry->index).ToString(),
          " and is used as ",
          module_.module().function_type(import.index).ToString()));
    }
    linker_.Define("env", import.name, engine::FunctionExtern{.ref = function});
    return absl::OkStatus();
  }

  absl::Status DefineUndefined(const wasm::Import& import) {
    const wasm::FuncType& type = module_.module().function_type(import.index);
    std::lock_guard lock(all_.mutex_);
    for (const auto& [known, function] : all_.undefined_) {
      if (known != type) continue;
      linker_.Define("env", import.name,
                     engine::FunctionExtern{.host = function});
      return absl::OkStatus();
    }
    const auto function = all_.process_.store.AddHostFunction(
        type, reinterpret_cast<const void*>(&CallUndefined), nullptr);
    if (!function.ok()) return function.status();
    all_.undefined_.emplace_back(type, *function);
    linker_.Define("env", import.name,
                   engine::FunctionExtern{.host = *function});
    return absl::OkStatus();
  }

  bool IsWeak(const wasm::Import& import) const {
    const auto& flags = module_.module().dylink->import_flags;
    // Flags are noted under "env", whatever the import is for.
    const auto found = flags.find({"env", import.name});
    return found != flags.end() && (found->second & wasm::Dylink::kWeak) != 0;
  }

  Definition Lookup(std::string_view name, ExternKind kind) const {
    for (const Module* module : modules_) {
      if (const wasm::Export* entry = module->Find(name, kind)) {
        return {module, entry};
      }
    }
    return {};
  }

  absl::Status Missing() const {
    if (missing_.empty()) return absl::OkStatus();
    return absl::NotFoundError(
        absl::StrCat("undefined symbol: ", absl::StrJoin(missing_, ", ")));
  }

  absl::Status Instantiate() {
    auto instance = engine::Instance::Create(thread_, *module_.code, linker_);
    if (!instance.ok()) return instance.status();
    module_.instance = *instance;
    std::lock_guard lock(all_.mutex_);
    all_.slots_.Note(table_base_,
                     table_base_ + module_.module().dylink->table_size);
    return absl::OkStatus();
  }

  absl::Status FillOffsetTable() {
    std::lock_guard lock(all_.mutex_);
    for (const Cell& cell : cells_) {
      absl::Status status = FillCell(cell);
      if (!status.ok()) return status;
    }
    return Missing();
  }

  absl::Status FillCell(const Cell& cell) {
    const std::string_view name = cell.import->name;
    const bool is_function = cell.import->module == "GOT.func";
    const Definition found =
        Lookup(name, is_function ? ExternKind::kFunction : ExternKind::kGlobal);
    if (found.module == nullptr) {
      if (!IsWeak(*cell.import)) missing_.push_back(Text(name));
      return absl::OkStatus();
    }
    if (found.module->IsThreadLocal(name)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "symbol ", Text(name),
          " is a thread-local variable of another library; export a function "
          "that returns its address"));
    }
    if (is_function) {
      const uint64_t slot =
          all_.slots_.Of(found.module->instance->function(found.entry->index));
      if (slot == 0) {
        return absl::ResourceExhaustedError("no room for function pointers");
      }
      *cell.value = I64(slot);
    } else {
      *cell.value = I64(found.module->AddressOf(thread_, name));
    }
    return absl::OkStatus();
  }

  absl::Status Relocate() {
    const object::FuncRef* relocate =
        module_.instance->FindFunction("__wasm_apply_data_relocs");
    if (relocate != nullptr && engine::Invoke(thread_, *relocate, {}).kind !=
                                   engine::Outcome::kReturned) {
      return absl::AbortedError("relocating the library's data failed");
    }
    ProtectConstants(*module_.instance, all_.process_.address_space);
    return absl::OkStatus();
  }

  SideModules::Linked Result() {
    SideModules::Linked result{
        .memory_base = module_.memory_base,
        .memory_size = module_.module().dylink->memory_size};
    const engine::Instance& instance = *module_.instance;
    const object::Value* size = instance.FindGlobal(thread_, "__tls_size");
    const object::Value* alignment =
        instance.FindGlobal(thread_, "__tls_align");
    if (size != nullptr) result.tls_size = static_cast<uint64_t>(size->i64);
    if (alignment != nullptr) {
      result.tls_alignment = static_cast<uint64_t>(alignment->i64);
    }
    return result;
  }

  void Undo() {
    std::lock_guard lock(all_.mutex_);
    module_.state = ModuleState::kUnloaded;
    if (module_.instance != nullptr) {
      all_.slots_.Clear(module_.instance->id());
    }
    if (module_.map_size != 0) {
      (void)all_.process_.address_space.Unmap({module_.map_begin},
                                              module_.map_size);
    }
  }

  SideModules& all_;
  engine::Thread& thread_;
  Module& module_;
  const std::span<const uint32_t> scope_;
  const bool lazy_;
  engine::Linker linker_;
  std::vector<const Module*> modules_;  // of the scope
  uint64_t table_base_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::string> missing_;
};

absl::StatusOr<SideModules::Linked> SideModules::Link(
    engine::Thread& thread, uint32_t id, std::span<const uint32_t> scope,
    bool lazy) {
  Module* module;
  {
    std::lock_guard lock(mutex_);
    module = ModuleAt(id);
    if (module == nullptr || module->state != ModuleState::kLoaded) {
      return absl::InvalidArgumentError("not a library that is to be linked");
    }
    module->state = ModuleState::kLinking;
  }
  return SideModuleLink(*this, thread, *module, scope, lazy).Run();
}

}  // namespace slipway::host
