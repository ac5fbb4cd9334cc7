// Which symbols a library or a program offers: GNU ld's version scripts
// (--version-script) and dynamic lists (--dynamic-list). The versions
// themselves have no place in a module and are left out; what the script makes
// local is.
//
//   VERS_1.1 { global: foo; foo_*; local: *; };

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_VERSION_SCRIPT_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_VERSION_SCRIPT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::toolchain {

struct VersionScript {
  std::vector<std::string> global;  // names and patterns, as of glob(7)
  std::vector<std::string> local;

  // A name is more than a pattern, global more than local, and what neither
  // names is offered.
  bool Offers(std::string_view symbol) const;
};

// kInvalidArgument says what it met where. A dynamic list is a script that
// begins with its names.
absl::StatusOr<VersionScript> ParseVersionScript(std::string_view text);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_VERSION_SCRIPT_H_
