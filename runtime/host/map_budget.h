// How many mappings the kernel may still be asked for.
//
// Past vm.max_map_count the kernel refuses mappings, and some calls only after
// they have unmapped what they were to replace. So a guest is refused (ENOMEM)
// well before: every change of its address space takes from a budget what it
// may add at most, and when that is used up, the mappings that there are now
// are counted. Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_MAP_BUDGET_H_
#define SLIPWAY_RUNTIME_HOST_MAP_BUDGET_H_

#include <cstdint>

#include "runtime/host/sys_result.h"

namespace slipway::host {

class MapBudget {
 public:
  // `limit`: instead of vm.max_map_count; for tests.
  explicit MapBudget(int64_t limit = 0) : limit_(limit) {}

  // Before a change that adds at most so many mappings. ENOMEM.
  SysStatus Take(int64_t mappings) {
    if (left_ >= mappings) [[likely]] {
      left_ -= mappings;
      return Done{};
    }
    return TakeCounted(mappings);
  }
  // For a change that cannot be refused.
  void Note(int64_t mappings) { left_ -= mappings; }

 private:
  SysStatus TakeCounted(int64_t mappings);

  int64_t limit_;
  // A process starts with about a hundred, and no machine has a limit that
  // would not leave room for as many as this.
  int64_t left_ = 1024;
  int refusals_ = 0;  // since the last count
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_MAP_BUDGET_H_
