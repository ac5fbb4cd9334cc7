// Changing scripts: calls are added, repeated, removed, and changed inside.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_MUTATOR_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "runtime/syscalls/fuzzing/script.h"

namespace slipway::sys::fuzzing {

// LLVMFuzzerCustomMutator.
size_t Mutate(uint8_t* data, size_t size, size_t max_size, unsigned seed);

// The calls of a finding, for whoever reads it; to stderr.
void PrintScript(const Script& script);

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_MUTATOR_H_
