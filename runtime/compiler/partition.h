// The division of a module's functions into units of compilation. It depends
// on the module alone, never on the machine, so that the output is the same
// whatever the number of threads.
//
// Where a partition ends, the function that ends it decides, by its name and
// size. So when a function changes, comes or goes, the partitions elsewhere
// stay what they were, and need not be compiled again (unit_store.h).

#ifndef SLIPWAY_RUNTIME_COMPILER_PARTITION_H_
#define SLIPWAY_RUNTIME_COMPILER_PARTITION_H_

#include <cstdint>
#include <vector>

#include "runtime/wasm/module.h"

namespace slipway::compiler {

// Functions [begin, end) of the function index space.
struct Partition {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint64_t size = 0;  // bytes of their bodies
  // A single function with a body of more than kHugeBody bytes, not to be
  // optimised: see effort.h.
  bool huge = false;
};

// Consecutive functions. A partition may end from kPartitionMinimum bytes on,
// ends after kPartitionExtra more on average, and has to at kPartitionMaximum.
inline constexpr uint64_t kPartitionMinimum = 24 * 1024;
inline constexpr uint64_t kPartitionExtra = 24 * 1024;
inline constexpr uint64_t kPartitionMaximum = 96 * 1024;
inline constexpr uint64_t kHugeBody = 192 * 1024;
std::vector<Partition> PlanPartitions(const wasm::Module& module);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_PARTITION_H_
