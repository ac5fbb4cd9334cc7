#include "runtime/compiler/partition.h"

#include <string>
#include <string_view>

namespace slipway::compiler {
namespace {

// FNV-1a, and a finaliser that spreads it over all bits.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (unsigned char c : text) hash = (hash ^ c) * 0x0000'0100'0000'01b3;
  hash ^= hash >> 33;
  hash *= 0xff51'afd7'ed55'8ccd;
  return hash ^ (hash >> 33);
}

// With a probability of size / kPartitionExtra.
bool MayEnd(const wasm::Module& module, uint32_t function, uint64_t size) {
  std::string_view name;
  if (function < module.function_names.size()) {
    name = module.function_names[function];
  }
  // What has no name has at least a size. Its code has the indices of others.
  const uint64_t hash = name.empty() ? Hash(std::to_string(size)) : Hash(name);
  return hash % kPartitionExtra < size;
}

}  // namespace

std::vector<Partition> PlanPartitions(const wasm::Module& module) {
  std::vector<Partition> partitions;
  bool ended = true;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    const uint32_t function = module.imported_functions + i;
    const uint64_t size = module.bodies[i].bytes.size();
    const bool huge = size > kHugeBody;
    if (ended || huge) partitions.push_back({function, function, 0, huge});
    Partition& partition = partitions.back();
    partition.end = function + 1;
    partition.size += size;
    ended =
        huge || partition.size >= kPartitionMaximum ||
        (partition.size >= kPartitionMinimum && MayEnd(module, function, size));
  }
  return partitions;
}

}  // namespace slipway::compiler
