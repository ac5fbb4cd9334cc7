// What slipway-cc does with the flags of ordinary makefiles. A flag without a
// row is clang's business and passes through. Three tables: compiler flags,
// linker flags (what -Wl, and -Xlinker carry), and the ones that end in a value
// are matched as prefixes.
//
// Adding a flag: add a row, with the reason that a reader of a build log would
// want; rows are tried in order. The table is printed by `slipway-cc
// --slipway-flags`, so it is its own manual.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_FLAG_TABLE_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_FLAG_TABLE_H_

#include <string>
#include <vector>

namespace slipway::toolchain {

enum class FlagAction {
  kDrop,    // has no meaning here, and leaving it out is right
  kRefuse,  // leaving it out would give another program than was asked for
};

enum class FlagMatch {
  kExact,     // the whole argument
  kPrefix,    // the argument begins with it
  kSeparate,  // the whole argument, and the next one is its value
};

struct FlagRow {
  const char* flag;
  FlagMatch match;
  FlagAction action;
  const char* reason;
};

const std::vector<FlagRow>& CompilerFlags();
const std::vector<FlagRow>& LinkerFlags();

// The first row that fits, or null.
const FlagRow* FindFlag(const std::vector<FlagRow>& table,
                        const std::string& argument);

// Both tables as text, one row per line.
std::string DescribeFlags();

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_FLAG_TABLE_H_
