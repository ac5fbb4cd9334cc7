// Function pointers are slots of the one table. A function gets at most one, so
// that pointers to it are equal in every module.
// Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_FUNCTION_SLOTS_H_
#define SLIPWAY_RUNTIME_HOST_FUNCTION_SLOTS_H_

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "runtime/engine/table.h"
#include "runtime/object/object_format.h"

namespace slipway::host {

class FunctionSlots {
 public:
  // What the table holds already, from `begin` on, is found again.
  FunctionSlots(std::shared_ptr<engine::Table> table, uint64_t begin);

  // The slot of the function, a new one if need be, or the one that it had
  // before Clear; 0 when the table is full.
  uint64_t Of(const object::FuncRef* function);
  // The function at a slot, or null.
  const object::FuncRef* At(uint64_t slot) const;

  // Adds `count` empty slots, the first a multiple of `alignment`; 0 when the
  // table is full. Note them when they are filled.
  uint64_t Reserve(uint64_t count, uint64_t alignment);
  void Note(uint64_t begin, uint64_t end);
  // Empties the slots of the functions of an instance; they stay its own.
  void Clear(uint32_t instance);

 private:
  const std::shared_ptr<engine::Table> table_;
  std::unordered_map<const object::FuncRef*, uint64_t> slots_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_FUNCTION_SLOTS_H_
