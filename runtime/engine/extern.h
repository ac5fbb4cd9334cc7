// What can be imported and exported: functions, tables, memories, globals and
// tags, each with the type that linking compares.

#ifndef SLIPWAY_RUNTIME_ENGINE_EXTERN_H_
#define SLIPWAY_RUNTIME_ENGINE_EXTERN_H_

#include <cstdint>
#include <memory>
#include <variant>

#include "runtime/engine/link_type.h"
#include "runtime/engine/memory.h"
#include "runtime/engine/table.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

// A function that the embedder provides. `handler` is a C function
// R (*)(void* env, params…); Linker::DefineFunction deduces `type`. It becomes
// callable when the first object that imports its type is linked (the thunk
// is generated code). Owned by the Store.
struct HostFunctionDefinition {
  wasm::FuncType type;
  uint32_t type_hash = 0;
  const void* handler = nullptr;
  void* env = nullptr;
  object::FuncRef ref{};  // ref.code is null until linked; ref.instance is set
};

// An exported function of an instance, or a host function.
struct FunctionExtern {
  const object::FuncRef* ref = nullptr;
  HostFunctionDefinition* host = nullptr;  // exactly one of the two is set
};

// Identity matters, not contents: throw and catch compare addresses.
struct Tag {
  uint32_t type_hash = 0;
  wasm::FuncType type;
};

class Instance;

// Where a global lives. Globals are per thread (each thread has its own
// stack pointer), so an extern names a place in every thread:
struct GlobalExtern {
  LinkType value;
  bool is_mutable = false;
  // One of: a defined global of an instance (its index among the defined),
  const Instance* instance = nullptr;
  uint32_t index = 0;
  // a slot of the host's per-thread globals (instance and cell null),
  // or one cell for all threads.
  object::Value* cell = nullptr;
};

using Extern =
    std::variant<FunctionExtern, std::shared_ptr<Table>,
                 std::shared_ptr<Memory>, GlobalExtern, std::shared_ptr<Tag>>;

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXTERN_H_
