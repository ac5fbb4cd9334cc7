// Small helpers for object::Value.

#ifndef SLIPWAY_RUNTIME_ENGINE_VALUE_H_
#define SLIPWAY_RUNTIME_ENGINE_VALUE_H_

#include <cstdint>
#include <cstring>

#include "runtime/object/object_format.h"

namespace slipway::engine {

// All 16 bytes zero (`Value{}` promises that for its first member only): the
// default of every wasm type.
inline object::Value ZeroValue() {
  object::Value value;
  std::memset(&value, 0, sizeof(value));
  return value;
}
inline object::Value I32(int32_t v) {
  object::Value value = ZeroValue();
  value.i32 = v;
  return value;
}
inline object::Value I64(int64_t v) {
  object::Value value = ZeroValue();
  value.i64 = v;
  return value;
}
inline object::Value F64(double v) {
  object::Value value = ZeroValue();
  value.f64 = v;
  return value;
}
inline object::Value Ref(void* v) {
  object::Value value = ZeroValue();
  value.ref = v;
  return value;
}

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_VALUE_H_
