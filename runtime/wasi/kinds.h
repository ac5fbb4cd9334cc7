// The kinds of argument (kinds.def) as values.

#ifndef SLIPWAY_RUNTIME_WASI_KINDS_H_
#define SLIPWAY_RUNTIME_WASI_KINDS_H_

#include <cstdint>

namespace slipway::wasi {

enum class Wire : uint8_t { i32, i64, address };

enum class Kind : uint8_t {
#define WASI_KIND(name, cpp_type, wire, style) k_##name,
#include "runtime/wasi/kinds.def"
#undef WASI_KIND
};

constexpr Wire WireOf(Kind kind) {
  constexpr Wire kWires[] = {
#define WASI_KIND(name, cpp_type, wire, style) Wire::wire,
#include "runtime/wasi/kinds.def"
#undef WASI_KIND
  };
  return kWires[static_cast<int>(kind)];
}

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_KINDS_H_
