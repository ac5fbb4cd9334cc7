// The names of Linux constants, for `slipway trace`: one table per argument
// kind, from the kernel's own headers.

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_NAMES_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_NAMES_H_

#include <cstdint>
#include <span>

#include "runtime/host/trace_line.h"

namespace slipway::host {

// A value with a name. For flags, `mask` selects the field that holds it; a
// single bit has mask == value.
struct TraceName {
  uint64_t value;
  uint64_t mask;
  const char* name;
};
using TraceNames = std::span<const TraceName>;

extern const TraceNames kOpenFlags;
extern const TraceNames kDescriptorFlags;  // of a new descriptor
extern const TraceNames kAtFlags;
extern const TraceNames kAccessModes;
extern const TraceNames kSeekOrigins;
extern const TraceNames kFcntlCommands;
extern const TraceNames kIoctlRequests;
extern const TraceNames kLockOperations;
extern const TraceNames kProtections;
extern const TraceNames kMapFlags;
extern const TraceNames kMadvice;
extern const TraceNames kCloneFlags;
extern const TraceNames kWaitOptions;
extern const TraceNames kFutexOperations;
extern const TraceNames kClocks;
extern const TraceNames kResources;
extern const TraceNames kRusageTargets;
extern const TraceNames kMaskChanges;    // SIG_BLOCK, …
extern const TraceNames kSignalActions;  // SA_RESTART, …
extern const TraceNames kSocketFamilies;
extern const TraceNames kSocketTypes;
extern const TraceNames kSocketLevels;
extern const TraceNames kSocketOptions;  // of SOL_SOCKET
extern const TraceNames kTcpOptions;
extern const TraceNames kShutdownModes;
extern const TraceNames kMessageFlags;
extern const TraceNames kPollEvents;
extern const TraceNames kEpollEvents;
extern const TraceNames kEpollOperations;

// The name of an exact value, or the number in decimal.
void AppendName(TraceLine& line, TraceNames names, int64_t value);
// "A|B|0x40"; the number when nothing matches ("0").
void AppendFlags(TraceLine& line, TraceNames names, uint64_t value);
// "SIGTERM", "SIGRT_2", or the number.
void AppendSignal(TraceLine& line, int64_t signal);
// "[SIGINT SIGTERM]", of a 64-bit Linux signal set.
void AppendSignalSet(TraceLine& line, uint64_t set);
// "ENOENT (No such file or directory)".
void AppendErrno(TraceLine& line, int error);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_NAMES_H_
