#include "runtime/host/map_budget.h"

#include <cinttypes>
#include <cstdio>

#include "runtime/host/host_maps.h"

namespace slipway::host {

namespace {

constexpr int64_t kDefaultLimit = 65530;  // Linux's, when /proc does not tell
// One in so many is the runtime's alone.
constexpr int64_t kSpareShare = 16;
// Counting takes long when there are many: not for every call that is refused.
constexpr int kRefusalsPerCount = 64;

int64_t KernelLimit() {
  int64_t limit = kDefaultLimit;
  FILE* const file = std::fopen("/proc/sys/vm/max_map_count", "re");
  if (file == nullptr) return limit;
  if (std::fscanf(file, "%" SCNd64, &limit) != 1) limit = kDefaultLimit;
  std::fclose(file);
  return limit;
}

}  // namespace

SysStatus MapBudget::TakeCounted(int64_t mappings) {
  if (refusals_ > 0 && refusals_ < kRefusalsPerCount) {
    ++refusals_;
    return Errno{ENOMEM};
  }
  if (limit_ == 0) limit_ = KernelLimit();
  left_ = limit_ - limit_ / kSpareShare - CountHostMappings();
  refusals_ = left_ < mappings ? 1 : 0;
  if (left_ < mappings) return Errno{ENOMEM};
  left_ -= mappings;
  return Done{};
}

}  // namespace slipway::host
