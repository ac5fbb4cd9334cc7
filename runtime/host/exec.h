// execve(2): replaces the calling process by another program. A guest program
// is slipway started again in the same process, with an ExecState; a program of
// the host (sandbox::HostProgram) is executed as it is, outside the sandbox.
//
// What the kernel does by itself: it keeps the pid, the group, session and
// terminal, limits, ignored signals, the signal mask, interval timers and every
// descriptor without close-on-exec; it ends the other threads, unmaps memory
// and forgets POSIX timers and handlers.

#ifndef SLIPWAY_RUNTIME_HOST_EXEC_H_
#define SLIPWAY_RUNTIME_HOST_EXEC_H_

#include <string>
#include <vector>

#include "runtime/host/exec_image.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct Thread;

// Returns only an error: ENOEXEC for a module that does not compile, EMFILE,
// ENOMEM, or what the kernel says of a host program. Whatever happens, `image`
// is used up.
Errno Exec(Thread& thread, ExecImage image,
           std::vector<std::string> environment);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_EXEC_H_
