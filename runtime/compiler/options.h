// What the user may choose about a compilation. Everything here except
// `threads`, `progress`, `known_units` and `save_units` is part of the key
// under which results are cached.

#ifndef SLIPWAY_RUNTIME_COMPILER_OPTIONS_H_
#define SLIPWAY_RUNTIME_COMPILER_OPTIONS_H_

#include <string>

namespace slipway::compiler {

struct Options {
  // "native", or any name that clang's -march takes for x86-64. Must have
  // SSE4.1 (x86-64-v2 and later do).
  std::string cpu = "native";
  int optimization = 2;  // 0 to 3
  // 0: as many as the machine has. Does not influence the output.
  unsigned threads = 0;
  // Draw a progress line on stderr when it takes longer than a second.
  bool progress = false;
  // Path of ld.lld; empty: found on PATH and in LLVM's directory.
  std::string linker = "";
  // Files of units (unit_store.h): to take from what need not be compiled
  // again, and to write this module's to. Empty: none. A file that cannot be
  // read is one without units.
  std::string known_units = "";
  std::string save_units = "";
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_OPTIONS_H_
