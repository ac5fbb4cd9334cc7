#include "runtime/engine/instance.h"

#include <algorithm>
#include <cstring>

#include "runtime/engine/exception.h"
#include "runtime/engine/exception_object.h"

namespace slipway::engine {
namespace {

using object::ContextLayout;
using object::InstanceContext;
using wasm::ExternKind;

ContextLayout LayoutOf(const wasm::Module& module) {
  return ContextLayout(module.memories.size(), module.tables.size(),
                       module.imported_functions, module.imported_globals,
                       module.tags.size(), module.functions.size(),
                       module.globals.size() - module.imported_globals);
}

// The array at byte `offset` of a context.
template <typename T>
T* ArrayAt(InstanceContext* context, uint64_t offset) {
  return reinterpret_cast<T*>(reinterpret_cast<uint8_t*>(context) + offset);
}

}  // namespace

Instance::Instance(Store& store, const CodeObject& code, uint32_t id)
    : store_(store),
      code_(code),
      id_(id),
      layout_(LayoutOf(code.module())),
      data_dropped_(code.module().data.size()),
      data_addresses_(code.module().data.size()),
      elements_dropped_(code.module().elements.size()) {}

Instance::~Instance() {
  if (published_) return;
  std::lock_guard lock(store_.mutex_);
  store_.FreeId(id_);
}

bool Instance::MakeContext(Thread& thread) const {
  InstanceContext* context = thread.NewContext(layout_.size);
  if (context == nullptr) return false;
  std::memset(context, 0, layout_.size);
  thread.SetContext(id_, context);
  return true;
}

InstanceContext* Instance::ContextOf(const Thread& thread) const {
  return static_cast<InstanceContext*>(thread.state_->contexts[id_]);
}

void Instance::FillContext(Thread& thread) const {
  InstanceContext* const context = ContextOf(thread);
  context->memory0 = memories_.empty() ? nullptr : memories_[0]->base();
  context->thread = &thread.state();
  context->contexts = thread.state().contexts;
  context->instance = const_cast<Instance*>(this);
  context->instance_id = id_;

  auto* memories = ArrayAt<object::MemoryRef>(context, layout_.memories);
  for (const auto& memory : memories_) {
    *memories++ = {memory->base(), memory->size_cell()};
  }
  auto* tables = ArrayAt<object::TableRef>(context, layout_.tables);
  for (const auto& table : tables_) {
    *tables++ = {reinterpret_cast<object::FuncRef**>(table->base()),
                 table->size_cell()};
  }
  auto* imports = ArrayAt<object::FunctionImport>(context, layout_.imports);
  for (uint32_t i = 0; i < module().imported_functions; ++i) {
    const object::FuncRef& ref = *functions_[i];
    imports[i] = {ref.code, thread.state().contexts[ref.instance]};
  }
  auto* globals = ArrayAt<object::Value*>(context, layout_.global_imports);
  for (const GlobalExtern& global : imported_globals_) {
    *globals++ = &thread.Global(global);
  }
  auto* tags = ArrayAt<const void*>(context, layout_.tags);
  for (const auto& tag : tags_) *tags++ = tag.get();
  if (!functions_.empty()) {
    std::memcpy(ArrayAt<void>(context, layout_.functions), functions_.data(),
                functions_.size() * sizeof(functions_[0]));
  }
  if (!globals_snapshot_.empty()) {
    std::memcpy(ArrayAt<void>(context, layout_.globals),
                globals_snapshot_.data(),
                globals_snapshot_.size() * sizeof(globals_snapshot_[0]));
  }
}

void Instance::CopyGlobals(const Thread& from,
                           absl::FunctionRef<bool(const Thread&)> wants) const {
  // Others can find them now.
  VisitExceptionGlobals(from, [](void* reference) {
    ShareException(static_cast<object::Exception*>(reference));
  });
  std::lock_guard lock(store_.mutex_);
  const object::Value* values = GlobalsOf(from);
  for (const Thread* thread : store_.threads_) {
    if (thread == &from || !wants(*thread)) continue;
    std::copy_n(values, globals_snapshot_.size(), GlobalsOf(*thread));
  }
}

void Instance::Rebind(Thread& thread, uint32_t import,
                      const object::FuncRef* function) {
  functions_[import] = const_cast<object::FuncRef*>(function);
  std::lock_guard lock(store_.mutex_);
  InstanceContext* const context = ContextOf(thread);
  ArrayAt<object::FunctionImport>(context, layout_.imports)[import] = {
      function->code, thread.state().contexts[function->instance]};
  ArrayAt<object::FuncRef*>(context, layout_.functions)[import] =
      functions_[import];
}

object::Value* Instance::GlobalsOf(const Thread& thread) const {
  return ArrayAt<object::Value>(ContextOf(thread), layout_.globals);
}

GlobalExtern Instance::GlobalOf(uint32_t index) const {
  if (index < imported_globals_.size()) return imported_globals_[index];
  const wasm::GlobalType& type = module().globals[index].type;
  return {.value = MakeLinkType(module(), type.value),
          .is_mutable = type.is_mutable,
          .instance = this,
          .index = index - module().imported_globals};
}

Extern Instance::ExternOf(ExternKind kind, uint32_t index) const {
  switch (kind) {
    case ExternKind::kFunction:
      return FunctionExtern{.ref = functions_[index]};
    case ExternKind::kTable:
      return tables_[index];
    case ExternKind::kMemory:
      return memories_[index];
    case ExternKind::kGlobal:
      return GlobalOf(index);
    case ExternKind::kTag:
      return tags_[index];
  }
  return FunctionExtern{};
}

std::optional<Extern> Instance::FindExport(std::string_view name) const {
  for (const wasm::Export& entry : module().exports) {
    if (entry.name == name) return ExternOf(entry.kind, entry.index);
  }
  return std::nullopt;
}

const object::FuncRef* Instance::FindFunction(std::string_view name) const {
  const auto* found = module().FindExport(name, ExternKind::kFunction);
  return found == nullptr ? nullptr : functions_[found->index];
}

std::shared_ptr<Memory> Instance::FindMemory(std::string_view name) const {
  const auto* found = module().FindExport(name, ExternKind::kMemory);
  return found == nullptr ? nullptr : memories_[found->index];
}

std::shared_ptr<Table> Instance::FindTable(std::string_view name) const {
  const auto* found = module().FindExport(name, ExternKind::kTable);
  return found == nullptr ? nullptr : tables_[found->index];
}

object::Value* Instance::FindGlobal(Thread& thread,
                                    std::string_view name) const {
  const auto* found = module().FindExport(name, ExternKind::kGlobal);
  if (found == nullptr) return nullptr;
  return &thread.Global(GlobalOf(found->index));
}

void Instance::VisitExceptionGlobals(
    const Thread& thread, absl::FunctionRef<void(void*)> visit) const {
  for (uint32_t i = 0; i < module().globals.size(); ++i) {
    if (IsExceptionType(module().globals[i].type.value)) {
      visit(thread.Global(GlobalOf(i)).ref);
    }
  }
}

wasm::Bytes Instance::data_segment(uint32_t index) const {
  if (data_dropped_[index].load(std::memory_order_acquire)) return {};
  return module().data[index].bytes;
}

void Instance::DropData(uint32_t index) {
  data_dropped_[index].store(true, std::memory_order_release);
}

std::span<void* const> Instance::element_segment(uint32_t index) const {
  if (elements_dropped_[index].load(std::memory_order_acquire)) return {};
  return elements_[index];
}

void Instance::DropElements(uint32_t index) {
  elements_dropped_[index].store(true, std::memory_order_release);
}

}  // namespace slipway::engine
