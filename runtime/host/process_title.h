// What `ps` and /proc/PID/cmdline on the host show for a guest: its own argv,
// in its own memory, so that a title that it writes over its arguments is seen.

#ifndef SLIPWAY_RUNTIME_HOST_PROCESS_TITLE_H_
#define SLIPWAY_RUNTIME_HOST_PROCESS_TITLE_H_

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// Tells the kernel where the guest's arguments and environment are: `sp` points
// at argc, as WriteInitialStack left it. Best effort: without it the kernel
// shows slipway's command line. Not thread-safe.
void PublishArguments(const GuestMemory& memory, GuestPtr sp);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PROCESS_TITLE_H_
