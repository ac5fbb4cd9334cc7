#include "runtime/compiler/partition.h"

namespace slipway::compiler {

std::vector<Partition> PlanPartitions(const wasm::Module& module) {
  std::vector<Partition> partitions;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    const uint32_t function = module.imported_functions + i;
    if (partitions.empty() || partitions.back().size >= kPartitionSize) {
      partitions.push_back({function, function, 0});
    }
    partitions.back().end = function + 1;
    partitions.back().size += module.bodies[i].bytes.size();
  }
  return partitions;
}

}  // namespace slipway::compiler
