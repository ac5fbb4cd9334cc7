#include "runtime/sandbox/rights.h"

#include <cstddef>
#include <iterator>

namespace slipway::sandbox {
namespace {

constexpr std::string_view kNames[] = {
#define POSIX_RIGHT(name, by_default, meaning) #name,
#include "posix-shim/abi/rights.def"
#undef POSIX_RIGHT
};

}  // namespace

std::string_view RightName(Right right) {
  return kNames[static_cast<int>(right)];
}

std::optional<Right> FindRight(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Right>(i);
  }
  return std::nullopt;
}

}  // namespace slipway::sandbox
