// Every function type that loaded code knows, process-wide, by its hash: the
// canonical text (so that a collision of hashes is refused instead of
// confusing two types) and the thunks that objects brought for it.
//
// Thread-safe. Finding takes no lock and may be done in a signal handler;
// entries are never removed.

#ifndef SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_
#define SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

struct TypeEntry {
  uint32_t hash = 0;
  std::string canonical;
  wasm::FuncType type;  // type indices in it are of some module
  // Null until an object brings one.
  std::atomic<object::EntryThunk> entry_thunk{nullptr};
  std::atomic<const void*> host_thunk{nullptr};
};

// Adds a type, or completes the entry that is there with thunks it lacks (null
// when the caller has none). kFailedPrecondition when another type has the
// same hash, kResourceExhausted when there are too many types.
absl::Status RegisterType(uint32_t hash, const std::string& canonical,
                          const wasm::FuncType& type,
                          object::EntryThunk entry_thunk,
                          const void* host_thunk);

// Null when no loaded object knows the type.
const TypeEntry* FindType(uint32_t hash);

// fork() support (see fork.h).
void LockTypesForFork();
void UnlockTypesAfterFork();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_
