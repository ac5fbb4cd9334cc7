// Every function type that loaded code knows, process-wide, by its hash: the
// canonical text (so that a collision of hashes is refused instead of
// confusing two types) and the thunks that objects brought for it.
// Thread-safe.

#ifndef SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_
#define SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

struct TypeEntry {
  std::string canonical;
  object::EntryThunk entry_thunk = nullptr;
  const void* host_thunk = nullptr;
  uint32_t param_count = 0;
  uint32_t result_count = 0;
};

// Adds a type, or completes the entry that is there with thunks it lacks.
// kFailedPrecondition when another type has the same hash.
absl::Status RegisterType(uint32_t hash, const TypeEntry& entry);

// Null when no loaded object knows the type. The entry is never removed; its
// thunk fields may still be filled in by a later RegisterType.
const TypeEntry* FindType(uint32_t hash);

// fork() support (see fork.h).
void LockTypesForFork();
void UnlockTypesAfterFork();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_TYPE_REGISTRY_H_
