// Replaces bytes of a finished module and keeps the sizes right that hold them.

#ifndef SLIPWAY_RUNTIME_WASM_SECTION_REWRITER_H_
#define SLIPWAY_RUNTIME_WASM_SECTION_REWRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "runtime/wasm/module.h"

namespace slipway::wasm {

// The file with the bytes in [begin, end), which lie in one section, replaced.
// Preconditions: the module decodes, and the range is in its contents.
std::string ReplaceInSection(Bytes module, size_t begin, size_t end,
                             std::string_view replacement);

// The file with other bodies for some of its functions. `bodies`: by function
// index, local declarations and instructions with their `end`. Nothing is
// validated. Precondition: the functions are defined in `module`, with code.
std::string ReplaceBodies(const Module& module,
                          const std::map<uint32_t, std::string>& bodies);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_SECTION_REWRITER_H_
