// SideModules::Link: bindings first, so that no thread can call an import that
// is not bound yet; then the instances; then what needs the modules' own
// functions and addresses.

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/store.h"
#include "runtime/host/address_space.h"
#include "runtime/host/constants.h"
#include "runtime/host/side_modules_internal.h"
#include "runtime/host/symbol_scope.h"

namespace slipway::host {

namespace {

using wasm::ExternKind;

object::Value I64(uint64_t value) {
  object::Value result = {};
  result.i64 = static_cast<int64_t>(value);
  return result;
}

absl::Status NoMemory() {
  return absl::ResourceExhaustedError("no memory for the library's data");
}

absl::Status NoSlots() {
  return absl::ResourceExhaustedError("no room for function pointers");
}

}  // namespace

class SideModuleLink {
 public:
  using Module = SideModules::Module;
  using Body = SideModules::Body;

  SideModuleLink(SideModules& all, engine::Thread& thread,
                 std::span<const uint32_t> scope,
                 SideModules::LinkOptions options)
      : all_(all), thread_(thread), scope_(scope), options_(options) {}

  absl::StatusOr<std::vector<SideModules::Linked>> Run() {
    using Step = absl::Status (SideModuleLink::*)();
    for (Step step :
         {&SideModuleLink::Collect, &SideModuleLink::Resolve,
          &SideModuleLink::MapData, &SideModuleLink::ChooseBodies,
          &SideModuleLink::Instantiate, &SideModuleLink::FillCells,
          &SideModuleLink::Relocate, &SideModuleLink::BindProgram}) {
      if (absl::Status status = (this->*step)(); !status.ok()) {
        Undo();
        return status;
      }
    }
    return Result();
  }

 private:
  using Binding = SymbolScope::Binding;

  // A module that is being linked.
  struct Member {
    std::shared_ptr<Module> module;
    std::vector<Binding> bindings = {};
    // Of its code; those before `next` do not fit.
    std::vector<std::unique_ptr<Body>> waiting = {};
    size_t next = 0;
    bool is_new = false;  // the body

    Body& body() const { return *module->body; }
  };

  absl::Status Collect() {
    std::lock_guard lock(all_.mutex_);
    for (const uint32_t id : scope_) {
      if (all_.ModuleAt(id) == nullptr ||
          all_.ModuleAt(id)->state == ModuleState::kLinking) {
        return absl::InvalidArgumentError("not a library that can be linked");
      }
      const std::shared_ptr<Module>& module = all_.modules_[id];
      modules_.push_back(module);
      module->IndexExports();
      if (module->state == ModuleState::kUnbound) {
        if (!options_.alone) {
          return absl::FailedPreconditionError(
              "the program's libraries are linked before it runs");
        }
        program_ = module;
      } else if (module->state == ModuleState::kLoaded) {
        module->state = ModuleState::kLinking;
        members_.push_back({.module = module});
      }
    }
    return absl::OkStatus();
  }

  absl::Status Resolve() {
    const SymbolScope scope(modules_, options_.lazy);
    for (Member& member : members_) {
      auto bindings = scope.Resolve(*member.module);
      if (!bindings.ok()) return bindings.status();
      member.bindings = *std::move(bindings);
    }
    if (program_ == nullptr) return absl::OkStatus();
    auto bindings = scope.Resolve(*program_);
    if (!bindings.ok()) return bindings.status();
    program_bindings_ = *std::move(bindings);
    return absl::OkStatus();
  }

  absl::Status MapData() {
    for (const Member& member : members_) {
      absl::Status status = MapData(*member.module);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status MapData(Module& module) {
    const wasm::Dylink& dylink = *module.module().dylink;
    const uint64_t alignment =
        std::max(AddressSpace::kPage, uint64_t{1} << dylink.memory_alignment);
    const uint64_t size = std::max<uint64_t>(dylink.memory_size, 1);
    if (size > all_.process_.memory.size()) return NoMemory();
    // The kernel aligns to a page only.
    const uint64_t length = size + alignment - AddressSpace::kPage;
    constexpr int64_t kMappingsPerObject = 8;  // of its native code and data
    all_.process_.address_space.NoteHostMappings(kMappingsPerObject);
    const SysResult<GuestPtr> at =
        all_.process_.address_space.Map({.length = length,
                                         .protection = PROT_READ | PROT_WRITE,
                                         .flags = MAP_PRIVATE | MAP_ANONYMOUS});
    if (!at.ok()) return NoMemory();
    module.map_begin = at->address;
    module.map_size = length;
    module.memory_base = (at->address + alignment - 1) & ~(alignment - 1);
    return absl::OkStatus();
  }

  // For every member one that waits, where there is one that is bound to what
  // the member is bound to. That depends on what the others get: what does not
  // fit is put aside until all that is left fits.
  absl::Status ChooseBodies() {
    std::lock_guard lock(all_.mutex_);
    absl::Status status = absl::OkStatus();
    for (Member& member : members_) {
      const auto [begin, end] = all_.bodies_.equal_range(member.module->code);
      for (auto at = begin; at != end; ++at) {
        member.waiting.push_back(std::move(at->second));
      }
      all_.bodies_.erase(begin, end);
      if (status.ok()) status = NextBody(member);
    }
    for (bool changed = true; status.ok() && changed;) {
      changed = false;
      for (Member& member : members_) {
        const auto bindings = FunctionsOf(member);
        status.Update(bindings.status());
        if (!status.ok()) break;
        if (member.is_new) member.body().bindings = *bindings;
        if (member.body().bindings == *bindings) continue;
        status.Update(NextBody(member));
        changed = true;
      }
    }
    for (Member& member : members_) {
      for (auto& body : member.waiting) {
        if (body != nullptr) {
          all_.bodies_.emplace(member.module->code, std::move(body));
        }
      }
    }
    return status;
  }

  absl::Status NextBody(Member& member) {
    if (member.next > 0) {
      member.waiting[member.next - 1] = std::move(member.module->body);
    }
    std::unique_ptr<Body>& body = member.module->body;
    if (member.next < member.waiting.size()) {
      body = std::move(member.waiting[member.next++]);
    } else {
      auto reserved =
          engine::Instance::Reserve(all_.process_.store, *member.module->code);
      if (!reserved.ok()) return reserved.status();
      body = std::make_unique<Body>();
      body->reserved = *std::move(reserved);
      body->instance = body->reserved.get();
      member.is_new = true;
    }
    member.module->instance = body->instance;
    return absl::OkStatus();
  }

  // See Body::bindings.
  absl::StatusOr<std::vector<const void*>> FunctionsOf(const Member& member) {
    std::vector<const void*> functions;
    for (const Binding& binding : member.bindings) {
      if (binding.import->module != "env") continue;
      if (binding.import->kind != ExternKind::kFunction) {
        functions.push_back(
            binding.module == nullptr ? nullptr : binding.module->instance);
        continue;
      }
      const auto function = FunctionOf(*member.module, binding);
      if (!function.ok()) return function.status();
      functions.push_back(function->host != nullptr ? &function->host->ref
                                                    : function->ref);
    }
    return functions;
  }

  // Precondition: the lock is held.
  absl::StatusOr<engine::FunctionExtern> FunctionOf(const Module& user,
                                                    const Binding& binding) {
    if (binding.module != nullptr) {
      return engine::FunctionExtern{
          .ref = binding.module->instance->own_function(binding.entry->index)};
    }
    const auto stand_in =
        all_.undefined_.Of(all_.process_.store,
                           user.module().function_type(binding.import->index));
    if (!stand_in.ok()) return stand_in.status();
    return engine::FunctionExtern{.host = *stand_in};
  }

  absl::Status Instantiate() {
    std::vector<std::unique_ptr<engine::Linker>> linkers;
    std::vector<engine::Instance::Member> group;
    for (const Member& member : members_) {
      if (!member.is_new) continue;
      linkers.push_back(std::make_unique<engine::Linker>(all_.process_.store));
      absl::Status status = DefineImports(member, *linkers.back());
      if (!status.ok()) return status;
    }
    for (const Member& member : members_) {
      if (!member.is_new) continue;
      group.push_back(
          {std::move(member.body().reserved), linkers[group.size()].get()});
    }
    absl::Status status = engine::Instance::CreateGroup(thread_, group);
    instantiated_ = status.ok();
    for (const Member& member : members_) {
      if (!status.ok() || member.is_new) continue;
      *member.body().memory_base = I64(member.module->memory_base);
      status = member.module->instance->Renew(thread_);
    }
    return status;
  }

  absl::Status DefineImports(const Member& member, engine::Linker& linker) {
    const SideModules::Environment& environment = all_.environment_;
    linker.Define("env", "memory", environment.memory);
    linker.Define("env", "__indirect_function_table", environment.table);
    linker.Define("env", "__stack_pointer", environment.stack_pointer);
    absl::Status status = DefineBases(*member.module, linker);
    if (status.ok()) {
      status = environment.define_imports(linker, member.module->module(),
                                          all_.process_);
    }
    for (const Binding& binding : member.bindings) {
      if (status.ok()) status = DefineImport(member, binding, linker);
    }
    return status;
  }

  absl::Status DefineBases(Module& module, engine::Linker& linker) {
    const wasm::Dylink& dylink = *module.module().dylink;
    std::lock_guard lock(all_.mutex_);
    const uint64_t table_base = all_.slots_.Reserve(
        dylink.table_size, uint64_t{1} << dylink.table_alignment);
    if (table_base == 0) return NoSlots();
    engine::Store& store = all_.process_.store;
    const wasm::GlobalType constant{.value = wasm::ValueType::kI64};
    const engine::GlobalExtern memory_base =
        store.AddSharedGlobal(constant, I64(module.memory_base));
    module.body->memory_base = memory_base.cell;
    module.body->table_base = table_base;
    linker.Define("env", "__memory_base", memory_base);
    linker.Define("env", "__table_base",
                  store.AddSharedGlobal(constant, I64(table_base)));
    return absl::OkStatus();
  }

  absl::Status DefineImport(const Member& member, const Binding& binding,
                            engine::Linker& linker) {
    const wasm::Import& import = *binding.import;
    if (import.module != "env") {
      const engine::GlobalExtern cell = all_.process_.store.AddSharedGlobal(
          {.value = wasm::ValueType::kI64, .is_mutable = true}, {});
      linker.Define(import.module, import.name, cell);
      member.body().cells.push_back({&import, cell.cell});
    } else if (import.kind == ExternKind::kFunction) {
      std::lock_guard lock(all_.mutex_);
      const auto function = FunctionOf(*member.module, binding);
      if (!function.ok()) return function.status();
      linker.Define("env", import.name, *function);
    } else if (binding.module != nullptr && !IsMember(binding.module)) {
      linker.Define("env", import.name,
                    *binding.module->instance->FindExport(import.name));
    }
    // Otherwise instantiation says what is missing.
    return absl::OkStatus();
  }

  bool IsMember(const Module* module) const {
    return std::any_of(
        members_.begin(), members_.end(),
        [&](const Member& member) { return member.module.get() == module; });
  }

  absl::Status FillCells() {
    std::lock_guard lock(all_.mutex_);
    for (const Member& member : members_) {
      const uint64_t base = member.body().table_base;
      all_.slots_.Note(base, base + member.module->module().dylink->table_size);
    }
    for (const Member& member : members_) {
      absl::Status status = FillCells(member.body(), member.bindings);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Precondition: the lock is held.
  absl::Status FillCells(const Body& body, std::span<const Binding> bindings) {
    auto binding = bindings.begin();
    for (const OffsetCell& cell : body.cells) {
      while (binding->import != cell.import) ++binding;
      if (binding->module == nullptr) {
        *cell.value = I64(0);
      } else if (cell.is_function()) {
        const uint64_t slot = all_.slots_.Of(
            binding->module->instance->own_function(binding->entry->index));
        if (slot == 0) return NoSlots();
        *cell.value = I64(slot);
      } else {
        *cell.value =
            I64(binding->module->AddressOf(thread_, cell.import->name));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Relocate() {
    for (const Member& member : members_) {
      absl::Status status = Relocate(*member.module);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Relocate(const Module& module) {
    const object::FuncRef* relocate =
        module.instance->FindFunction("__wasm_apply_data_relocs");
    if (relocate != nullptr && engine::Invoke(thread_, *relocate, {}).kind !=
                                   engine::Outcome::kReturned) {
      return absl::AbortedError("relocating the library's data failed");
    }
    ProtectConstants(*module.instance, all_.process_.address_space);
    return absl::OkStatus();
  }

  // Its data is relocated a second time: all of it gets the same values again,
  // but for what needed the libraries.
  absl::Status BindProgram() {
    if (program_ == nullptr) return absl::OkStatus();
    for (const Binding& binding : program_bindings_) {
      if (binding.import->module != "env" || binding.module == nullptr ||
          binding.import->kind != ExternKind::kFunction) {
        continue;
      }
      program_->instance->Rebind(
          thread_, binding.import->index,
          binding.module->instance->own_function(binding.entry->index));
    }
    {
      std::lock_guard lock(all_.mutex_);
      absl::Status status = FillCells(*program_->body, program_bindings_);
      if (!status.ok()) return status;
    }
    return Relocate(*program_);
  }

  std::vector<SideModules::Linked> Result() {
    std::lock_guard lock(all_.mutex_);
    if (program_ != nullptr) program_->state = ModuleState::kLinked;
    for (const Member& member : members_) {
      member.module->state = ModuleState::kLinked;
    }
    std::vector<SideModules::Linked> result;
    for (const auto& module : modules_) result.push_back(Describe(*module));
    return result;
  }

  SideModules::Linked Describe(const Module& module) const {
    SideModules::Linked result{
        .memory_base = module.memory_base,
        .memory_size = module.module().dylink->memory_size};
    const engine::Instance& instance = *module.instance;
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
    for (const Member& member : members_) {
      Module& module = *member.module;
      module.state = ModuleState::kLoaded;
      if (module.map_size != 0) {
        (void)all_.process_.address_space.Unmap({module.map_begin},
                                                module.map_size);
        module.map_size = 0;
      }
      if (module.body == nullptr) continue;
      if (instantiated_ || !member.is_new) {
        all_.slots_.Clear(module.instance->id());
        all_.bodies_.emplace(module.code, std::move(module.body));
      }
      module.body = nullptr;
      module.instance = nullptr;
    }
  }

  SideModules& all_;
  engine::Thread& thread_;
  const std::span<const uint32_t> scope_;
  const SideModules::LinkOptions options_;
  std::vector<std::shared_ptr<Module>> modules_;  // of the scope
  std::vector<Member> members_;
  std::shared_ptr<Module> program_;  // when it is to be bound
  std::vector<Binding> program_bindings_;
  bool instantiated_ = false;  // the new ones
};

absl::StatusOr<std::vector<SideModules::Linked>> SideModules::Link(
    engine::Thread& thread, std::span<const uint32_t> scope,
    LinkOptions options) {
  return SideModuleLink(*this, thread, scope, options).Run();
}

}  // namespace slipway::host
