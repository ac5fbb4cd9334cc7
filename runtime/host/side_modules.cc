#include "runtime/host/side_modules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/host/address_space.h"
#include "runtime/host/side_modules_internal.h"

namespace slipway::host {

namespace {

absl::Status CheckIsSideModule(const wasm::Module& module) {
  if (!module.dylink) {
    return absl::InvalidArgumentError(
        "not a shared library (no dylink.0 section); link it with slipway-cc "
        "-shared");
  }
  if (module.FindExport("_start", wasm::ExternKind::kFunction) != nullptr) {
    return absl::InvalidArgumentError("cannot load a program as a library");
  }
  if (module.imported_memories != 1 || !module.memories[0].limits.is64) {
    return absl::InvalidArgumentError(
        "does not share a 64-bit memory; link it with slipway-cc -shared");
  }
  return absl::OkStatus();
}

}  // namespace

SideModules::SideModules(Process& process, Environment environment,
                         MainModule program)
    : process_(process),
      environment_(std::move(environment)),
      slots_(environment_.table, program.table_base) {
  auto first = std::make_shared<Module>();
  first->code = &program.instance->code();
  first->state =
      program.needs_libraries ? ModuleState::kUnbound : ModuleState::kLinked;
  first->instance = program.instance;
  first->body = std::make_unique<Body>();
  first->body->cells = std::move(program.cells);
  first->memory_base = first->map_begin = program.memory_base;
  first->map_size = first->module().dylink->memory_size;
  modules_.push_back(std::move(first));
}

SideModules::~SideModules() = default;

SideModules::Module* SideModules::ModuleAt(uint32_t id) {
  return id < modules_.size() ? modules_[id].get() : nullptr;
}

uint32_t SideModules::Add(std::shared_ptr<Module> module) {
  if (free_ids_.empty()) {
    modules_.push_back(std::move(module));
    return static_cast<uint32_t>(modules_.size() - 1);
  }
  const uint32_t id = free_ids_.back();
  free_ids_.pop_back();
  modules_[id] = std::move(module);
  return id;
}

const wasm::Module* SideModules::Contents(uint32_t id) {
  std::lock_guard lock(mutex_);
  const Module* module = ModuleAt(id);
  return module == nullptr ? nullptr : &module->module();
}

absl::StatusOr<const engine::CodeObject*> SideModules::CodeOf(
    std::string_view bytes) {
  const absl::StatusOr<std::string> path = process_.start.compile(bytes);
  if (!path.ok()) return path.status();
  std::lock_guard lock(mutex_);
  if (const auto known = code_.find(*path); known != code_.end()) {
    return known->second;
  }
  const auto code = engine::CodeObject::Load(*path);
  if (code.ok()) code_[*path] = *code;
  return code;
}

absl::StatusOr<SideModules::Loaded> SideModules::Load(std::string_view bytes) {
  if (!process_.start.compile) {
    return absl::FailedPreconditionError("no compiler for shared libraries");
  }
  const auto code = CodeOf(bytes);
  if (!code.ok()) return code.status();
  if (absl::Status status = CheckIsSideModule((*code)->module());
      !status.ok()) {
    return status;
  }
  auto module = std::make_shared<Module>();
  module->code = *code;
  std::lock_guard lock(mutex_);
  return Loaded{.id = Add(std::move(module)), .module = &(*code)->module()};
}

std::optional<SideModules::Symbol> SideModules::Find(engine::Thread& thread,
                                                     uint32_t id,
                                                     std::string_view name) {
  std::lock_guard lock(mutex_);
  Module* const module = ModuleAt(id);
  if (module == nullptr || module->state != ModuleState::kLinked) {
    return std::nullopt;
  }
  module->IndexExports();
  if (const wasm::Export* function =
          module->Find(name, wasm::ExternKind::kFunction)) {
    const uint64_t slot =
        slots_.Of(module->instance->own_function(function->index));
    if (slot == 0) return std::nullopt;
    return Symbol{SymbolKind::kFunction, slot};
  }
  if (module->Find(name, wasm::ExternKind::kGlobal) == nullptr) {
    return std::nullopt;
  }
  const uint64_t address = module->AddressOf(thread, name);
  if (module->IsThreadLocal(name)) {
    const object::Value* block =
        module->instance->FindGlobal(thread, "__tls_base");
    if (block == nullptr) return std::nullopt;
    return Symbol{
        SymbolKind::kThreadLocal,
        address - module->memory_base + static_cast<uint64_t>(block->i64)};
  }
  return Symbol{SymbolKind::kData, address};
}

std::optional<SideModules::Place> SideModules::Locate(engine::Thread& thread,
                                                      uint64_t address) {
  std::lock_guard lock(mutex_);
  const object::FuncRef* function = slots_.At(address);
  for (uint32_t id = 0; id < modules_.size(); ++id) {
    if (modules_[id] == nullptr) continue;
    Module& module = *modules_[id];
    if (module.state != ModuleState::kLinked) continue;
    const bool has_function =
        function != nullptr && function->instance == module.instance->id();
    const bool has_data = address >= module.map_begin &&
                          address - module.map_begin < module.map_size;
    if (!has_function && !has_data) continue;
    module.IndexExports();
    Place place{.id = id, .name = {}, .value = 0};
    for (const auto& [name, entry] : module.exports) {
      if (has_function && entry->kind == wasm::ExternKind::kFunction &&
          entry->index == function->function_index) {
        place.name = name;
        place.value = address;
      }
      if (has_data && entry->kind == wasm::ExternKind::kGlobal &&
          !module.IsThreadLocal(name)) {
        const uint64_t value = module.AddressOf(thread, name);
        if (value <= address && value >= place.value) {
          place.name = name;
          place.value = value;
        }
      }
    }
    return place;
  }
  return std::nullopt;
}

bool SideModules::CopyGlobals(
    const engine::Thread& from, uint32_t id,
    absl::FunctionRef<bool(const engine::Thread&)> wants) {
  std::lock_guard lock(mutex_);
  const Module* module = ModuleAt(id);
  if (module == nullptr || module->state != ModuleState::kLinked) return false;
  module->instance->CopyGlobals(from, wants);
  return true;
}

bool SideModules::Unload(uint32_t id) {
  std::lock_guard lock(mutex_);
  Module* module = ModuleAt(id);
  if (id == 0 || module == nullptr || module->state == ModuleState::kLinking) {
    return false;
  }
  if (module->state == ModuleState::kLinked) {
    slots_.Clear(module->instance->id());
    (void)process_.address_space.Unmap({module->map_begin}, module->map_size);
    bodies_.emplace(module->code, std::move(module->body));
  }
  modules_[id] = nullptr;
  free_ids_.push_back(id);
  return true;
}

}  // namespace slipway::host
