// A registry of named externs, from which instances take their imports.
//
//   Linker linker(store);
//   linker.Define("env", "memory", memory);
//   linker.DefineFunction("posix1", "read", &env, &Read);
//   // int64_t Read(Env* env, int64_t fd, int64_t buf, int64_t count)
//
// Not thread-safe; use one per thread or lock around it.

#ifndef SLIPWAY_RUNTIME_ENGINE_LINKER_H_
#define SLIPWAY_RUNTIME_ENGINE_LINKER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/engine/extern.h"
#include "runtime/engine/store.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

// The wasm type that a C++ parameter or result stands for.
template <typename T>
constexpr wasm::ValueType WasmTypeOf() {
  if constexpr (std::is_pointer_v<T>) {
    return wasm::ValueType::ExternRef();
  } else if constexpr (std::is_same_v<T, float>) {
    return wasm::ValueType::kF32;
  } else if constexpr (std::is_same_v<T, double>) {
    return wasm::ValueType::kF64;
  } else {
    static_assert(std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8),
                  "use a 32- or 64-bit integer, float, double or a pointer");
    return sizeof(T) == 4 ? wasm::ValueType::kI32 : wasm::ValueType::kI64;
  }
}

class Linker {
 public:
  explicit Linker(Store& store) : store_(store) {}

  Store& store() const { return store_; }

  // Replaces an earlier definition of the same name.
  void Define(std::string_view module, std::string_view name, Extern value);
  // Defines all exports of an instance under `module`.
  void DefineInstance(std::string_view module, const Instance& instance);

  template <typename Env, typename Result, typename... Params>
  absl::Status DefineFunction(std::string_view module, std::string_view name,
                              Env* env, Result (*handler)(Env*, Params...)) {
    wasm::FuncType type;
    type.params = {WasmTypeOf<Params>()...};
    if constexpr (!std::is_void_v<Result>) {
      type.results = {WasmTypeOf<Result>()};
    }
    return DefineHostFunction(module, name, type,
                              reinterpret_cast<const void*>(handler), env);
  }
  // `handler`: see HostFunctionDefinition.
  absl::Status DefineHostFunction(std::string_view module,
                                  std::string_view name,
                                  const wasm::FuncType& type,
                                  const void* handler, void* env);

  // Null when it is not defined.
  const Extern* Find(std::string_view module, std::string_view name) const;

 private:
  // Module and name; found by views of them.
  using Key = std::pair<std::string, std::string>;
  using KeyView = std::pair<std::string_view, std::string_view>;
  struct Hash {
    using is_transparent = void;
    size_t operator()(const KeyView& key) const {
      return absl::HashOf(
          absl::string_view(key.first.data(), key.first.size()),
          absl::string_view(key.second.data(), key.second.size()));
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a == b; }
  };

  Store& store_;
  absl::node_hash_map<Key, Extern, Hash, Equal> externs_;
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_LINKER_H_
