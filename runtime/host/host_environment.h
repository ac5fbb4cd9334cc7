// The environment of a program of the host that a guest executes. The guest
// chooses it, and was granted that program, not code of its own inside of it.

#ifndef SLIPWAY_RUNTIME_HOST_HOST_ENVIRONMENT_H_
#define SLIPWAY_RUNTIME_HOST_HOST_ENVIRONMENT_H_

#include <string>
#include <vector>

namespace slipway::host {

// Without the variables that make the dynamic linker and the C library load
// code or read files: those that a set-user-ID program does without, ld.so(8),
// "secure-execution mode".
std::vector<std::string> HostEnvironment(std::vector<std::string> environment);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_HOST_ENVIRONMENT_H_
