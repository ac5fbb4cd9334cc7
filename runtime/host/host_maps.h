// The mappings of this very process as the kernel lists them in
// /proc/self/maps: the runtime's and, inside the reservation, the guest's.

#ifndef SLIPWAY_RUNTIME_HOST_HOST_MAPS_H_
#define SLIPWAY_RUNTIME_HOST_HOST_MAPS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace slipway::host {

struct HostMapping {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t offset = 0;  // in the file
  uint64_t inode = 0;
  // A path, "/SYSV…" for a System V segment, "[heap]", …; empty when anonymous.
  // Valid during the visit only.
  std::string_view name;
};

// A line of /proc/PID/maps (proc(5)); nullopt for anything else.
std::optional<HostMapping> ParseHostMapping(std::string_view line);

// Visits them in ascending order. None when /proc cannot be read. The visitor
// may not change mappings.
void ForEachHostMapping(const std::function<void(const HostMapping&)>& visit);

// How many there are.
int64_t CountHostMappings();

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_HOST_MAPS_H_
