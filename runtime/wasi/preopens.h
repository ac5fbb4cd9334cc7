// What a program has open when it starts: standard input, output and error,
// then one directory for each --dir, then the working directory as "." (unless
// it is / or / is granted), then one listening socket for each --listen.

#ifndef SLIPWAY_RUNTIME_WASI_PREOPENS_H_
#define SLIPWAY_RUNTIME_WASI_PREOPENS_H_

#include "absl/status/status.h"
#include "runtime/wasi/guest.h"

namespace slipway::wasi {

void OpenStandard(Guest& guest);
// kFailedPrecondition, naming the option and what to do.
absl::Status OpenDirectories(Guest& guest);
absl::Status OpenSockets(Guest& guest);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_PREOPENS_H_
