// slipway-ld: a linker's command line as the compiler driver takes it, for
// makefiles that call the linker themselves, and for libtool, which asks it who
// it is.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_LINKER_COMMAND_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_LINKER_COMMAND_H_

#include <string>
#include <vector>

namespace slipway::toolchain {

// What `ld --version` and `ld --help` print: libtool looks for the words "GNU"
// and "supported targets".
constexpr char kLinkerText[] =
    "LLD 22 for Slipway (compatible with GNU linkers)\n"
    "usage: slipway-ld [OPTION|FILE…]; the options are those of wasm-ld-22 "
    "and\n"
    "of slipway-cc's -Wl,\n"
    "slipway-ld: supported targets: wasm64 elf";

// Whether one of the arguments asks for that text.
bool AsksForLinker(const std::vector<std::string>& arguments);

// The driver's arguments that link the same. As from a linker, there is nothing
// in the output but what is named; a shared library has its start files.
std::vector<std::string> CompilerArguments(
    const std::vector<std::string>& arguments);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_LINKER_COMMAND_H_
