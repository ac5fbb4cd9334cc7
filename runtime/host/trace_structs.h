// Printers for the structs and buffers that guest pointers lead to. Each reads
// guest memory through GuestMemory and prints the bare pointer when it cannot
// be read; none allocates more than a few hundred bytes of stack.

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_STRUCTS_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_STRUCTS_H_

#include <cstdint>

#include "runtime/host/guest_memory.h"
#include "runtime/host/trace_call.h"
#include "runtime/host/trace_line.h"

namespace slipway::host {

// "NULL" or "0x…".
void AppendPointer(TraceLine& line, GuestPtr at);
// A NUL-terminated guest string of which the first `max` bytes are shown.
void AppendText(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                uint64_t max);
// The first bytes of a buffer of `size` bytes.
void AppendBytes(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                 uint64_t size);

// A printer of argument `index` of a call. Out arguments are printed as bare
// pointers unless the call succeeded.
using TracePrinter = void (*)(TraceLine& line, const TracedCall& call,
                              size_t index);

void PrintTexts(TraceLine&, const TracedCall&, size_t);
void PrintFdPair(TraceLine&, const TracedCall&, size_t);
void PrintStat(TraceLine&, const TracedCall&, size_t);
void PrintIovecIn(TraceLine&, const TracedCall&, size_t);
void PrintIovecOut(TraceLine&, const TracedCall&, size_t);
void PrintMsghdrIn(TraceLine&, const TracedCall&, size_t);
void PrintMsghdrOut(TraceLine&, const TracedCall&, size_t);
void PrintSockaddrIn(TraceLine&, const TracedCall&, size_t);
void PrintSockaddrOut(TraceLine&, const TracedCall&, size_t);
void PrintSocklen(TraceLine&, const TracedCall&, size_t);
void PrintPollfds(TraceLine&, const TracedCall&, size_t);
void PrintFdset(TraceLine&, const TracedCall&, size_t);
void PrintEpollEventIn(TraceLine&, const TracedCall&, size_t);
void PrintEpollEventsOut(TraceLine&, const TracedCall&, size_t);
void PrintTimespec(TraceLine&, const TracedCall&, size_t);
void PrintTimeval(TraceLine&, const TracedCall&, size_t);
void PrintItimerval(TraceLine&, const TracedCall&, size_t);
void PrintItimerspec(TraceLine&, const TracedCall&, size_t);
void PrintSigset(TraceLine&, const TracedCall&, size_t);
void PrintSigaction(TraceLine&, const TracedCall&, size_t);
void PrintSiginfo(TraceLine&, const TracedCall&, size_t);
void PrintWaitStatus(TraceLine&, const TracedCall&, size_t);
void PrintRlimit(TraceLine&, const TracedCall&, size_t);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_STRUCTS_H_
