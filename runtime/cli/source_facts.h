// What sources for Linux ask for that the guest has not, or has in part only,
// and the way out of each, for `slipway doctor`. Calls of posix1 are not listed
// here: posix_rows.h has them.

#ifndef SLIPWAY_RUNTIME_CLI_SOURCE_FACTS_H_
#define SLIPWAY_RUNTIME_CLI_SOURCE_FACTS_H_

#include <span>
#include <string_view>

namespace slipway::cli {

struct SourceFact {
  std::string_view name;     // of a header or a function
  std::string_view way_out;  // what is missing, and what to do
};

// Headers that the sysroot has not, or that are another processor's.
std::span<const SourceFact> MissingHeaders();

// Functions of glibc that libc has not: none of them is in lib/libc.exports.
std::span<const SourceFact> MissingFunctions();

// Functions that do less than elsewhere.
std::span<const SourceFact> PartialFunctions();

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_SOURCE_FACTS_H_
