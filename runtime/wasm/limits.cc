#include "runtime/wasm/limits.h"

namespace slipway::wasm {

std::string TooMany(std::string_view what, uint64_t found, uint64_t limit) {
  return "too many " + std::string(what) + ": " + std::to_string(found) +
         ", at most " + std::to_string(limit);
}

}  // namespace slipway::wasm
