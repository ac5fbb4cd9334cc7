// Well-formed UTF-8 (Unicode 15, table 3-7), which names must be.

#ifndef SLIPWAY_RUNTIME_WASM_UTF8_H_
#define SLIPWAY_RUNTIME_WASM_UTF8_H_

#include <string_view>

namespace slipway::wasm {

// No overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_UTF8_H_
