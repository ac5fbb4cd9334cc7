// Reserving and mapping address space, the parts that memories, tables and
// stacks have in common. Thread-safe.

#ifndef SLIPWAY_RUNTIME_ENGINE_RESERVATION_H_
#define SLIPWAY_RUNTIME_ENGINE_RESERVATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace slipway::engine {

// `size` bytes of inaccessible address space, aligned to 2 MiB when it is
// larger than that (so that huge pages fit). `what` is for the error message.
absl::StatusOr<uint8_t*> ReserveAddressSpace(uint64_t size,
                                             absl::string_view what);

// `size` bytes of zeroes, readable and writable, that cost memory only once
// they are touched. Null when there is no address space.
uint8_t* MapLazily(uint64_t size);

// Makes a page-aligned range readable and writable; false when the system
// refuses.
bool MakeAccessible(uint8_t* begin, uint64_t size);

void ReleaseAddressSpace(uint8_t* begin, uint64_t size);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_RESERVATION_H_
