// The layout of a thrown exception. Internal to the exception*.cc files.

#ifndef SLIPWAY_RUNTIME_ENGINE_EXCEPTION_OBJECT_H_
#define SLIPWAY_RUNTIME_ENGINE_EXCEPTION_OBJECT_H_

#include <unwind.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/engine/exception_arena.h"
#include "runtime/engine/extern.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"

namespace slipway::object {

// Its payload follows. Written by the thread that made it only, except for
// `holders`, which is the embedder's.
struct Exception {
  _Unwind_Exception unwind;
  const engine::Tag* tag;         // null: only catch_all catches it
  engine::ExceptionArena* arena;  // of the thread that made it
  Exception* previous;            // in the arena
  Exception* next;
  uint32_t count;    // values
  uint32_t holders;  // Outcomes and PinException
  bool thrown;
  bool kept;    // a catch clause took the reference: for the collector to free
  bool marked;  // by the collector: reachable
  // Other threads may have references. Set after all that they read.
  std::atomic<bool> shared;
  Value values[];
};

}  // namespace slipway::object

namespace slipway::engine {

inline size_t SizeOf(const object::Exception& exception) {
  return sizeof(exception) + exception.count * sizeof(object::Value);
}

// A reference that may be one to an exception.
inline bool IsExceptionType(wasm::ValueType type) {
  return type.is_ref() && (type.heap() == wasm::HeapType::kExn ||
                           type.heap() == wasm::HeapType::kNoExn);
}

// Calls visit(Exception*) for the exceptions that the payload refers to.
template <typename Visit>
void VisitPayload(const object::Exception& exception, Visit visit) {
  if (exception.tag == nullptr) return;
  for (uint32_t i = 0; i < exception.count; ++i) {
    void* const reference = exception.values[i].ref;
    if (IsExceptionType(exception.tag->type.params[i]) &&
        reference != nullptr) {
      visit(static_cast<object::Exception*>(reference));
    }
  }
}

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXCEPTION_OBJECT_H_
