// What a module may have at most where the specification sets no bound
// (core specification, appendix 7.2 "Implementation Limitations"). Mostly the
// numbers that browsers agreed on (WebAssembly JavaScript Interface, "Limits"),
// so that what runs there runs here; body sizes are larger, because linkers
// write relocation code for a whole program into one function. What exceeds a
// limit is refused as malformed, with the limit in the message.

#ifndef SLIPWAY_RUNTIME_WASM_LIMITS_H_
#define SLIPWAY_RUNTIME_WASM_LIMITS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::wasm {

// Of the whole file: 4 GiB less one byte. A section's size has 32 bits, so data
// segments of 4 GiB and more cannot be written down in a module.
inline constexpr uint64_t kMaxModuleBytes = 0xffff'ffff;
inline constexpr uint32_t kMaxBodyBytes = 1 << 26;

inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
// Imports included.
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxElementSegments = 100'000;
inline constexpr uint32_t kMaxElements = 10'000'000;  // of one segment
inline constexpr uint32_t kMaxDataSegments = 100'000;

inline constexpr uint32_t kMaxParameters = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxLocals = 50'000;   // parameters included
inline constexpr uint32_t kMaxNesting = 10'000;  // open blocks

// "too many locals: 60000, at most 50000".
std::string TooMany(std::string_view what, uint64_t found, uint64_t limit);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_LIMITS_H_
