// Changes the declared maximum of a memory in a finished module, for linkers
// that cannot be told: wasm-ld refuses a --max-memory above 16 GiB, and a
// shared memory must state a maximum.
//
//   absl::StatusOr<std::string> bigger =
//       SetMemoryMaximum(AsBytes(linked), 0, uint64_t{1} << 24);  // 1 TiB

#ifndef SLIPWAY_RUNTIME_WASM_LIMITS_REWRITER_H_
#define SLIPWAY_RUNTIME_WASM_LIMITS_REWRITER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

// The same module, but the memory (imported or defined) has the maximum
// `max_pages`, in 64 KiB pages. All other bytes stay, except the section's
// size. Memories of one compact import group share their type, and so change
// together. kInvalidArgument when the bytes are no module, there is no such
// memory, or the maximum is below its minimum or above what its address type
// allows.
absl::StatusOr<std::string> SetMemoryMaximum(Bytes module,
                                             uint32_t memory_index,
                                             uint64_t max_pages);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_LIMITS_REWRITER_H_
