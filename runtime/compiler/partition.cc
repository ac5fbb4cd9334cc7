#include "runtime/compiler/partition.h"

namespace slipway::compiler {

std::vector<Partition> PlanPartitions(const wasm::Module& module) {
  std::vector<Partition> partitions;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    const uint32_t function = module.imported_functions + i;
    const uint64_t size = module.bodies[i].bytes.size();
    const bool huge = size > kHugeBody;
    if (partitions.empty() || huge || partitions.back().huge ||
        partitions.back().size >= kPartitionSize) {
      partitions.push_back({function, function, 0, huge});
    }
    partitions.back().end = function + 1;
    partitions.back().size += size;
  }
  return partitions;
}

}  // namespace slipway::compiler
