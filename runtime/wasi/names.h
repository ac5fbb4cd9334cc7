// The names by which modules import WASI preview1.

#ifndef SLIPWAY_RUNTIME_WASI_NAMES_H_
#define SLIPWAY_RUNTIME_WASI_NAMES_H_

#include <string_view>

namespace slipway::wasi {

inline constexpr std::string_view kPreview1 = "wasi_snapshot_preview1";
// An older layout of a few structures.
inline constexpr std::string_view kUnstable = "wasi_unstable";

constexpr bool IsWasi(std::string_view module) {
  return module == kPreview1 || module == kUnstable;
}

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_NAMES_H_
