// Instance::Create: the steps of instantiation in the order of the core
// specification, section 4.5.4.

#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/engine/const_expr.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/exception_object.h"
#include "runtime/engine/guarded_access.h"
#include "runtime/engine/import_matching.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/type_registry.h"
#include "runtime/engine/value.h"

namespace slipway::engine {

using object::Value;

namespace {

constexpr char kTrapPayload[] = "slipway.trap";

// `text` says at least what TrapMessage does.
absl::Status TrapStatus(object::TrapCode code, absl::string_view text) {
  absl::Status status = absl::AbortedError(absl::StrCat("trap: ", text));
  const char byte = static_cast<char>(code);
  status.SetPayload(kTrapPayload, absl::Cord(absl::string_view(&byte, 1)));
  return status;
}

absl::Status TrapStatus(object::TrapCode code) {
  const std::string_view message = TrapMessage(code);
  return TrapStatus(code, {message.data(), message.size()});
}

}  // namespace

// Of one module, a step at a time.
class Instantiation {
 public:
  // `linker` is null for a renewal.
  Instantiation(Thread& thread, Instance& instance, const Linker* linker)
      : thread_(thread),
        code_(instance.code_),
        linker_(linker),
        store_(instance.store_),
        instance_(&instance) {}

  // Imports, then what the module defines; in instantiation.
  absl::Status ResolveImports() {
    for (const wasm::Import& import : module().imports) {
      const Extern* found = linker_->Find(import.module, import.name);
      if (found == nullptr) return MissingImport(code_, import);
      absl::Status status = MatchImport(code_, import, *found);
      if (!status.ok()) return status;
      AddImport(*found);
    }
    for (object::FuncRef& function : instance_->own_refs_) {
      instance_->functions_.push_back(&function);
    }
    return absl::OkStatus();
  }

  absl::Status Define() {
    return Run({&Instantiation::MakeMemories, &Instantiation::MakeTags,
                &Instantiation::EvaluateGlobals, &Instantiation::MakeTables,
                &Instantiation::EvaluateElements});
  }

  // Exceptions that constant expressions took from imported globals.
  void PinConstants() {
    for (size_t i = 0; i < module().elements.size(); ++i) {
      if (!IsExceptionType(module().elements[i].type)) continue;
      for (void* reference : instance_->elements_[i]) Pin(reference);
    }
    PinSnapshot();
  }

  // What others can see. The instance has a context in every thread.
  absl::Status Start() {
    absl::Status status =
        Run({&Instantiation::ApplyElements, &Instantiation::ApplyData,
             &Instantiation::RunStart});
    if (status.ok()) TakeSnapshot();
    return status;
  }

  absl::Status Renew() {
    for (auto& dropped : instance_->data_dropped_) dropped = false;
    for (auto& dropped : instance_->elements_dropped_) dropped = false;
    absl::Status status = EvaluateGlobals();
    if (!status.ok()) return status;
    PinSnapshot();
    {
      std::lock_guard lock(store_.mutex_);
      for (Thread* thread : store_.threads_) CopySnapshot(*thread);
    }
    return Start();
  }

 private:
  using Step = absl::Status (Instantiation::*)();

  const wasm::Module& module() const { return code_.module(); }

  absl::Status Run(std::initializer_list<Step> steps) {
    for (const Step step : steps) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void AddImport(const Extern& value) {
    if (const auto* function = std::get_if<FunctionExtern>(&value)) {
      instance_->functions_.push_back(RefOf(*function));
    } else if (const auto* table =
                   std::get_if<std::shared_ptr<Table>>(&value)) {
      instance_->tables_.push_back(*table);
    } else if (const auto* memory =
                   std::get_if<std::shared_ptr<Memory>>(&value)) {
      instance_->memories_.push_back(*memory);
    } else if (const auto* global = std::get_if<GlobalExtern>(&value)) {
      instance_->imported_globals_.push_back(*global);
    } else {
      instance_->tags_.push_back(std::get<std::shared_ptr<Tag>>(value));
    }
  }

  // A host function becomes callable now: this object imports its type, so it
  // brought a thunk for it.
  object::FuncRef* RefOf(const FunctionExtern& function) {
    if (function.host == nullptr) {
      return const_cast<object::FuncRef*>(function.ref);
    }
    std::lock_guard lock(store_.mutex_);
    object::FuncRef& ref = function.host->ref;
    if (ref.code == nullptr) {
      ref.code = FindType(ref.type_hash)->host_thunk.load();
    }
    return &ref;
  }

  absl::Status MakeMemories() {
    for (size_t i = module().imported_memories; i < module().memories.size();
         ++i) {
      auto memory = Memory::Create(module().memories[i].limits);
      if (!memory.ok()) return memory.status();
      instance_->memories_.push_back(*std::move(memory));
    }
    return absl::OkStatus();
  }

  absl::Status MakeTags() {
    for (size_t i = module().imported_tags; i < module().tags.size(); ++i) {
      const uint32_t type = module().tags[i].type_index;
      instance_->tags_.push_back(std::make_shared<Tag>(
          Tag{code_.type_hash(type), module().types[type]}));
    }
    return absl::OkStatus();
  }

  // An expression may refer to imported globals and to those defined before.
  Value GlobalValue(uint32_t index) const {
    if (index < instance_->imported_globals_.size()) {
      return thread_.Global(instance_->imported_globals_[index]);
    }
    return globals_[index - instance_->imported_globals_.size()];
  }

  absl::StatusOr<Value> EvaluateHere(const wasm::ConstExpr& expr) const {
    return Evaluate(
        expr,
        {[this](uint32_t index) { return GlobalValue(index); },
         [this](uint32_t index) { return instance_->functions_[index]; }});
  }

  absl::Status EvaluateGlobals() {
    for (size_t i = module().imported_globals; i < module().globals.size();
         ++i) {
      const auto value = EvaluateHere(*module().globals[i].init);
      if (!value.ok()) return value.status();
      globals_.push_back(*value);
    }
    std::lock_guard lock(store_.mutex_);
    instance_->globals_snapshot_ = globals_;
    return absl::OkStatus();
  }

  absl::Status MakeTables() {
    for (size_t i = module().imported_tables; i < module().tables.size(); ++i) {
      const wasm::Table& table = module().tables[i];
      absl::StatusOr<Value> initial = ZeroValue();
      if (table.init) initial = EvaluateHere(*table.init);
      if (!initial.ok()) return initial.status();
      auto made = Table::Create(MakeLinkType(module(), table.type.element),
                                table.type.limits, initial->ref);
      if (!made.ok()) return made.status();
      instance_->tables_.push_back(*std::move(made));
    }
    return absl::OkStatus();
  }

  absl::Status EvaluateElements() {
    for (const wasm::ElementSegment& segment : module().elements) {
      std::vector<void*> references;
      references.reserve(segment.size());
      for (uint32_t function : segment.functions) {
        references.push_back(instance_->functions_[function]);
      }
      for (const wasm::ConstExpr& expr : segment.expressions) {
        const auto value = EvaluateHere(expr);
        if (!value.ok()) return value.status();
        references.push_back(value->ref);
      }
      instance_->elements_.push_back(std::move(references));
    }
    return absl::OkStatus();
  }

  // Other threads start with these values.
  void PinSnapshot() {
    const uint32_t imported = module().imported_globals;
    for (size_t i = imported; i < module().globals.size(); ++i) {
      if (!IsExceptionType(module().globals[i].type.value)) continue;
      Pin(instance_->globals_snapshot_[i - imported].ref);
    }
  }

  static void Pin(void* reference) {
    PinException(static_cast<object::Exception*>(reference));
  }

  absl::Status ApplyElements() {
    for (uint32_t i = 0; i < module().elements.size(); ++i) {
      const wasm::ElementSegment& segment = module().elements[i];
      if (segment.mode == wasm::ElementSegment::Mode::kActive) {
        absl::Status status = ApplyElement(segment, instance_->elements_[i]);
        if (!status.ok()) return status;
      }
      if (segment.mode != wasm::ElementSegment::Mode::kPassive) {
        instance_->DropElements(i);
      }
    }
    return absl::OkStatus();
  }

  absl::Status ApplyElement(const wasm::ElementSegment& segment,
                            const std::vector<void*>& references) {
    const auto value = EvaluateHere(segment.offset);
    if (!value.ok()) return value.status();
    Table& table = instance_->table(segment.table);
    const uint64_t to = AsAddress(*value, table.limits().is64);
    if (references.size() > table.size() ||
        to > table.size() - references.size()) {
      return TrapStatus(object::TrapCode::kTableOutOfBounds);
    }
    for (size_t i = 0; i < references.size(); ++i) {
      table.Set(to + i, references[i]);
    }
    return absl::OkStatus();
  }

  absl::Status ApplyData() {
    for (uint32_t i = 0; i < module().data.size(); ++i) {
      const wasm::DataSegment& segment = module().data[i];
      if (!segment.active) continue;
      absl::Status status = ApplySegment(segment);
      if (!status.ok()) return status;
      instance_->DropData(i);
    }
    return absl::OkStatus();
  }

  absl::Status ApplySegment(const wasm::DataSegment& segment) {
    const auto value = EvaluateHere(segment.offset);
    if (!value.ok()) return value.status();
    Memory& memory = instance_->memory(segment.memory);
    const uint64_t to = AsAddress(*value, memory.limits().is64);
    const uint64_t size = segment.bytes.size();
    if (size > memory.size() || to > memory.size() - size ||
        !GuardedCopy(memory.base() + to, segment.bytes.data(), size)) {
      return TrapStatus(object::TrapCode::kMemoryOutOfBounds);
    }
    return absl::OkStatus();
  }

  absl::Status RunStart() {
    if (!module().start) return absl::OkStatus();
    const Outcome outcome =
        Invoke(thread_, *instance_->function(*module().start), {});
    switch (outcome.kind) {
      case Outcome::kReturned:
        return absl::OkStatus();
      case Outcome::kTrapped:
        return TrapStatus(outcome.trap->code, outcome.trap->ToString());
      case Outcome::kException:
        ReleaseException(outcome.exception);
        return TrapStatus(object::TrapCode::kUncaughtException);
      case Outcome::kExited:
        break;
    }
    return absl::AbortedError("exit in the start function");
  }

  // What other threads' globals start with: the start function may have filled
  // some in (wasm-ld's __wasm_apply_global_relocs does). No other thread can
  // have used its own copy yet.
  void TakeSnapshot() {
    std::lock_guard lock(store_.mutex_);
    std::vector<Value>& snapshot = instance_->globals_snapshot_;
    const Value* mine = instance_->GlobalsOf(thread_);
    snapshot.assign(mine, mine + snapshot.size());
    PinSnapshot();
    for (Thread* thread : store_.threads_) {
      if (thread != &thread_) CopySnapshot(*thread);
    }
  }

  // Precondition: the store's lock is held.
  void CopySnapshot(const Thread& thread) {
    std::copy(instance_->globals_snapshot_.begin(),
              instance_->globals_snapshot_.end(), instance_->GlobalsOf(thread));
  }

  Thread& thread_;
  const CodeObject& code_;
  const Linker* const linker_;
  Store& store_;
  Instance* const instance_;
  std::vector<Value> globals_;  // defined ones, as they begin
};

absl::StatusOr<std::unique_ptr<Instance>> Instance::Reserve(
    Store& store, const CodeObject& code) {
  std::lock_guard lock(store.mutex_);
  const auto id = store.NextId();
  if (!id.ok()) return id.status();
  std::unique_ptr<Instance> instance(new Instance(store, code, *id));
  const wasm::Module& module = code.module();
  const uint32_t imported = module.imported_functions;
  const auto total = static_cast<uint32_t>(module.functions.size());
  instance->own_refs_.reserve(total - imported);
  for (uint32_t i = imported; i < total; ++i) {
    instance->own_refs_.push_back(
        {.code = code.function(i - imported),
         .type_hash = code.type_hash(module.functions[i]),
         .instance = *id,
         .function_index = i,
         .reserved = 0});
  }
  return instance;
}

// From here on every thread has a context, so that functions may appear in
// tables; and the store owns the instances, whatever happens next.
absl::Status Instance::Publish(Store& store, std::span<Member> members) {
  std::lock_guard lock(store.mutex_);
  for (Thread* thread : store.threads_) {
    for (const Member& member : members) {
      if (!member.instance->MakeContext(*thread)) {
        return absl::ResourceExhaustedError("no memory for an instance");
      }
    }
    for (const Member& member : members) member.instance->FillContext(*thread);
  }
  for (Member& member : members) {
    member.instance->published_ = true;
    store.instances_.push_back(std::move(member.instance));
  }
  return absl::OkStatus();
}

absl::Status Instance::CreateGroup(Thread& thread, std::span<Member> members) {
  std::vector<Instantiation> all;
  for (const Member& member : members) {
    all.emplace_back(thread, *member.instance, member.linker);
  }
  for (Instantiation& each : all) {
    absl::Status status = each.ResolveImports();
    if (status.ok()) status = each.Define();
    if (!status.ok()) return status;
  }
  for (Instantiation& each : all) each.PinConstants();
  if (members.empty()) return absl::OkStatus();
  absl::Status status = Publish(members[0].instance->store_, members);
  for (Instantiation& each : all) {
    if (status.ok()) status = each.Start();
  }
  return status;
}

absl::StatusOr<Instance*> Instance::Create(Thread& thread,
                                           const CodeObject& code,
                                           const Linker& linker) {
  auto instance = Reserve(linker.store(), code);
  if (!instance.ok()) return instance.status();
  Instance* const created = instance->get();
  Member members[] = {{*std::move(instance), &linker}};
  absl::Status status = CreateGroup(thread, members);
  if (!status.ok()) return status;
  return created;
}

absl::Status Instance::Renew(Thread& thread) {
  return Instantiation(thread, *this, nullptr).Renew();
}

std::optional<object::TrapCode> InstantiationTrap(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kTrapPayload);
  if (!payload) return std::nullopt;
  return static_cast<object::TrapCode>((*payload)[0]);
}

}  // namespace slipway::engine
