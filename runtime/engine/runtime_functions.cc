#include "runtime/engine/runtime_functions.h"

#include <algorithm>
#include <cstring>

#include "runtime/engine/adapted_call.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/trap.h"
#include "runtime/engine/type_registry.h"
#include "runtime/engine/unwinder.h"
#include "runtime/engine/wait.h"

namespace slipway::engine {
namespace {

using object::Exception;
using object::InstanceContext;
using object::TrapCode;
using object::Value;

Thread& ThreadOf(InstanceContext* context) {
  return *static_cast<Thread*>(context->thread->engine_thread);
}

Memory& MemoryOf(InstanceContext* context, uint32_t index) {
  return Instance::FromContext(context).memory(index);
}

Table& TableOf(InstanceContext* context, uint32_t index) {
  return Instance::FromContext(context).table(index);
}

// `size` elements at `at` lie within `limit`; else the trap.
void Check(uint64_t at, uint64_t size, uint64_t limit, TrapCode trap) {
  if (size > limit || at > limit - size) [[unlikely]]
    RaiseTrap(trap);
}

// The address of a range inside a memory. What is in range but not mapped (a
// posix memory) faults when touched, and the fault is the guest's.
uint8_t* Range(Memory& memory, uint64_t at, uint64_t size) {
  if (size > memory.size() || at > memory.size() - size) [[unlikely]] {
    RaiseMemoryTrap(&memory, at);
  }
  return memory.base() + at;
}

// --- Memories ---

uint64_t MemoryGrow(InstanceContext* context, uint32_t memory, uint64_t delta) {
  ThreadOf(context).CheckHostStack();  // before the lock inside
  return MemoryOf(context, memory).Grow(delta);
}

void MemoryInit(InstanceContext* context, uint32_t memory, uint32_t segment,
                uint64_t to, uint64_t from, uint64_t size) {
  Instance& instance = Instance::FromContext(context);
  const wasm::Bytes data = instance.data_segment(segment);
  uint8_t* target = Range(MemoryOf(context, memory), to, size);
  Check(from, size, data.size(), TrapCode::kMemoryOutOfBounds);
  if (size == 0) return;
  std::memcpy(target, data.data() + from, size);
  if (size == data.size()) instance.NoteDataAddress(segment, to);
}

void DataDrop(InstanceContext* context, uint32_t segment) {
  Instance::FromContext(context).DropData(segment);
}

void MemoryCopy(InstanceContext* context, uint32_t to_memory,
                uint32_t from_memory, uint64_t to, uint64_t from,
                uint64_t size) {
  uint8_t* target = Range(MemoryOf(context, to_memory), to, size);
  const uint8_t* source = Range(MemoryOf(context, from_memory), from, size);
  std::memmove(target, source, size);
}

void MemoryFill(InstanceContext* context, uint32_t memory, uint64_t to,
                uint32_t byte, uint64_t size) {
  std::memset(Range(MemoryOf(context, memory), to, size),
              static_cast<int>(byte & 0xff), size);
}

// --- Tables ---

uint64_t TableGrow(InstanceContext* context, uint32_t table, uint64_t delta,
                   void* value) {
  ThreadOf(context).CheckHostStack();
  return TableOf(context, table).Grow(delta, value);
}

void TableInit(InstanceContext* context, uint32_t table, uint32_t segment,
               uint64_t to, uint64_t from, uint64_t size) {
  const auto elements = Instance::FromContext(context).element_segment(segment);
  Table& target = TableOf(context, table);
  Check(to, size, target.size(), TrapCode::kTableOutOfBounds);
  Check(from, size, elements.size(), TrapCode::kTableOutOfBounds);
  for (uint64_t i = 0; i < size; ++i) target.Set(to + i, elements[from + i]);
}

void ElemDrop(InstanceContext* context, uint32_t segment) {
  Instance::FromContext(context).DropElements(segment);
}

void TableCopy(InstanceContext* context, uint32_t to_table, uint32_t from_table,
               uint64_t to, uint64_t from, uint64_t size) {
  Table& target = TableOf(context, to_table);
  const Table& source = TableOf(context, from_table);
  Check(to, size, target.size(), TrapCode::kTableOutOfBounds);
  Check(from, size, source.size(), TrapCode::kTableOutOfBounds);
  // In the direction that reads an overlapping element before writing it.
  if (to <= from) {
    for (uint64_t i = 0; i < size; ++i)
      target.Set(to + i, source.Get(from + i));
  } else {
    for (uint64_t i = size; i-- > 0;) target.Set(to + i, source.Get(from + i));
  }
}

void TableFill(InstanceContext* context, uint32_t table, uint64_t to,
               void* value, uint64_t size) {
  Table& target = TableOf(context, table);
  Check(to, size, target.size(), TrapCode::kTableOutOfBounds);
  for (uint64_t i = 0; i < size; ++i) target.Set(to + i, value);
}

// --- Calls ---

// Nothing here has a destructor: the callee may throw, trap or end the thread.
void CallAdapted(InstanceContext* context, object::FuncRef* function,
                 uint32_t type_hash) {
  Thread& thread = ThreadOf(context);
  thread.CheckHostStack();
  const TypeEntry* const caller = FindType(type_hash);
  const TypeEntry* const callee = FindType(function->type_hash);
  if (caller == nullptr || callee == nullptr ||
      !CanAdapt(caller->type, callee->type)) {
    RaiseTrap(TrapCode::kIndirectCallTypeMismatch);
  }
  const object::EntryThunk thunk = callee->entry_thunk.load();
  Value values[kMaxAdapted];
  AdaptParameters(caller->type, thread.state().overflow, callee->type, values);
  auto* const target = static_cast<InstanceContext*>(
      thread.state().contexts[function->instance]);
  thunk(target, function->code, values);
  thread.state().overflow[0] =
      AdaptResult(caller->type, callee->type, values[0]);
}

// --- Waiting ---

// The address of an aligned word to wait on.
const void* WaitAddress(InstanceContext* context, uint32_t memory,
                        uint64_t address, uint64_t size) {
  ThreadOf(context).CheckHostStack();
  const uint8_t* word = Range(MemoryOf(context, memory), address, size);
  if (address % size != 0) RaiseTrap(TrapCode::kUnalignedAtomic);
  return word;
}

void RequireShared(const Memory& memory) {
  if (!memory.is_shared()) RaiseTrap(TrapCode::kUnsharedWait);
}

uint32_t Finish(WaitResult result, const Memory& memory, uint64_t address) {
  if (result == WaitResult::kFault) RaiseMemoryTrap(&memory, address);
  return static_cast<uint32_t>(result);
}

uint32_t MemoryWait32(InstanceContext* context, uint32_t memory,
                      uint64_t address, uint32_t expected, int64_t timeout) {
  const Memory& where = MemoryOf(context, memory);
  RequireShared(where);  // before the bounds, as the specification has it
  const void* word = WaitAddress(context, memory, address, 4);
  return Finish(Wait32(word, expected, timeout), where, address);
}

uint32_t MemoryWait64(InstanceContext* context, uint32_t memory,
                      uint64_t address, uint64_t expected, int64_t timeout) {
  const Memory& where = MemoryOf(context, memory);
  RequireShared(where);  // before the bounds, as the specification has it
  const void* word = WaitAddress(context, memory, address, 8);
  return Finish(Wait64(word, expected, timeout), where, address);
}

uint32_t MemoryNotify(InstanceContext* context, uint32_t memory,
                      uint64_t address, uint32_t count) {
  return Notify(WaitAddress(context, memory, address, 4), count);
}

// --- Exceptions ---

Exception* ExceptionNew(InstanceContext* context, const void* tag,
                        uint32_t count) {
  ThreadOf(context).CheckHostStack();
  return NewException(ThreadOf(context), tag, count);
}

Value* Values(Exception* exception) {
  return ExceptionValues(exception).data();
}

const void* TagOf(Exception* exception) { return ExceptionTag(exception); }

}  // namespace

const object::RuntimeTable kRuntimeTable = {
    .memory_grow = MemoryGrow,
    .table_grow = TableGrow,
    .memory_init = MemoryInit,
    .data_drop = DataDrop,
    .memory_copy = MemoryCopy,
    .memory_fill = MemoryFill,
    .table_init = TableInit,
    .elem_drop = ElemDrop,
    .table_copy = TableCopy,
    .table_fill = TableFill,
    .call_adapted = CallAdapted,
    .memory_wait32 = MemoryWait32,
    .memory_wait64 = MemoryWait64,
    .memory_notify = MemoryNotify,
    .exception_new = ExceptionNew,
    .exception_values = Values,
    .exception_tag = TagOf,
    .exception_throw = slipway_throw,
    .exception_from_unwind = ExceptionFromUnwind,
    .exception_resume = slipway_resume,
    .exception_caught = DropCaught,
    .personality = GuestPersonality,
};

}  // namespace slipway::engine
