// Reading and writing guest memory from engine code where a fault must not end
// the guest on the spot, because a lock is held or there is no guest running.

#ifndef SLIPWAY_RUNTIME_ENGINE_GUARDED_ACCESS_H_
#define SLIPWAY_RUNTIME_ENGINE_GUARDED_ACCESS_H_

#include <cstddef>
#include <cstdint>

namespace slipway::engine {

// False when either side is not accessible (a prefix may have been copied). The
// ranges do not overlap. Preconditions: InstallFaultHandlers and
// RegisterGuardedAccess have been called.
bool GuardedCopy(void* to, const void* from, size_t size);

// Copies a string up to and with its NUL, `size` bytes at most, and tells its
// length: `size` when there is no NUL. False on a fault. What is behind the NUL
// in `to` is undefined. Precondition as above.
bool GuardedString(char* to, const void* from, size_t size, size_t& length);

// One aligned, atomic, sequentially consistent load; false on a fault.
bool GuardedLoad32(const void* from, uint32_t& value);
bool GuardedLoad64(const void* from, uint64_t& value);

// Tells the fault handler about the code above. InstallFaultHandlers does it.
void RegisterGuardedAccess();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_GUARDED_ACCESS_H_
