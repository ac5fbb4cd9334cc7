#include "runtime/engine/guarded_access.h"

#include "runtime/engine/address_registry.h"

namespace slipway::engine {

extern "C" {
extern const char slipway_guarded_begin[];
extern const char slipway_guarded_end[];
extern const char slipway_guarded_fault[];
int slipway_guarded_copy(void* to, const void* from, size_t size);
int slipway_guarded_string(char* to, const void* from, size_t size,
                           size_t* length);
int slipway_guarded_load32(const void* from, uint32_t* value);
int slipway_guarded_load64(const void* from, uint64_t* value);
}

bool GuardedCopy(void* to, const void* from, size_t size) {
  return slipway_guarded_copy(to, from, size) == 0;
}

bool GuardedString(char* to, const void* from, size_t size, size_t& length) {
  return slipway_guarded_string(to, from, size, &length) == 0;
}

bool GuardedLoad32(const void* from, uint32_t& value) {
  return slipway_guarded_load32(from, &value) == 0;
}

bool GuardedLoad64(const void* from, uint64_t& value) {
  return slipway_guarded_load64(from, &value) == 0;
}

void RegisterGuardedAccess() {
  RegisterFixup(slipway_guarded_begin, slipway_guarded_end,
                slipway_guarded_fault);
}

}  // namespace slipway::engine
