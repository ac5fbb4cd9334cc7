// Finds in a C or C++ source what it asks of its system: the headers that it
// includes, the functions that it calls, system calls by number, and assembly.
// Nothing is preprocessed: what stands below an #if counts, and a call of a
// function of the program's own looks like any other.

#ifndef SLIPWAY_RUNTIME_CLI_SOURCE_SCAN_H_
#define SLIPWAY_RUNTIME_CLI_SOURCE_SCAN_H_

#include <functional>
#include <string_view>

namespace slipway::cli {

enum class SourceUse {
  kHeader,    // name: of `#include <name>`
  kCall,      // name: of `name (`, members left out
  kNumber,    // name: of SYS_name or __NR_name
  kAssembly,  // name: "asm"; with an empty text it is a barrier and left out
};

// Calls `found` for each use, in order; `line` counts from 1. Comments and the
// contents of strings are skipped. Takes any bytes.
void ScanSource(std::string_view text,
                const std::function<void(SourceUse use, std::string_view name,
                                         int line)>& found);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_SOURCE_SCAN_H_
