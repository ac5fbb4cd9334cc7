// Calls of functions by another type than they have.
//
// C programs make such calls: a function without a prototype, one whose
// declaration is wrong, and every test of a configure script for a function
// (`char socket(void); int main(void) { return socket(); }`). On x86-64 they
// link and, within limits, work, because the caller fills registers and the
// callee reads the ones it wants. wasm-ld puts a stub that traps in the place
// of the callee; here the stubs get bodies that call it.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_CALL_ADAPTERS_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_CALL_ADAPTERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::toolchain {

// The functions that a link's messages say are called by another type than
// they have, each once.
std::vector<std::string> MismatchedFunctions(
    const std::string& linker_messages);

// The module with a body for every stub. The k-th integer parameter is the
// caller's k-th integer argument, zero-extended or cut as registers are, and
// floating point likewise; what the caller does not pass, or the callee does
// not return, is 0. A stub whose types have vectors, references or several
// results goes on trapping.
//
// `module` must name its functions, and export the ones that are called.
// kInvalidArgument when the bytes are no module.
absl::StatusOr<std::string> AdaptCalls(const std::string& module);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_CALL_ADAPTERS_H_
