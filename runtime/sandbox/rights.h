// The rights a guest holds: a set over the rows of posix-shim/abi/rights.def.
// A row of posix.def names the one right its call needs.

#ifndef SLIPWAY_RUNTIME_SANDBOX_RIGHTS_H_
#define SLIPWAY_RUNTIME_SANDBOX_RIGHTS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::sandbox {

// Enumerators carry the names of the rows: Right::always, Right::fs, …
enum class Right : uint8_t {
#define POSIX_RIGHT(name, by_default, meaning) name,
#include "posix-shim/abi/rights.def"
#undef POSIX_RIGHT
};

// "fs", "net", …
std::string_view RightName(Right right);
// The right of that name, if there is one.
std::optional<Right> FindRight(std::string_view name);

class Rights {
 public:
  constexpr Rights() = default;
  // What a guest has when nothing is said.
  static constexpr Rights Default() {
    Rights rights;
#define POSIX_RIGHT(name, by_default, meaning) \
  if (by_default) rights.Add(Right::name);
#include "posix-shim/abi/rights.def"
#undef POSIX_RIGHT
    return rights;
  }

  constexpr bool Has(Right right) const { return (bits_ & Bit(right)) != 0; }
  constexpr void Add(Right right) { bits_ |= Bit(right); }
  constexpr void Remove(Right right) { bits_ &= ~Bit(right); }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  static constexpr uint64_t Bit(Right right) {
    return uint64_t{1} << static_cast<int>(right);
  }
  uint64_t bits_ = 0;
};

}  // namespace slipway::sandbox

#endif  // SLIPWAY_RUNTIME_SANDBOX_RIGHTS_H_
