// `slipway trace`: one line per call of the guest, in strace's manner.
//
//   openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC, 0) = -1 ENOENT (No …)
//   [1234] listen(5, 511) = -1 EACCES (Permission denied)
//      denied: 0.0.0.0:6379; grant with --listen 0.0.0.0:6379
//   --- SIGTERM ---
//
// The number in brackets is the thread's id; lines of the thread that created
// the tracer have none. A line is printed when its call returns (calls that do
// not return print "= ?" before they go), by one write(2), so lines of several
// threads and processes never mix. What is printed is decided by the kinds of
// posix-shim/abi/kinds.def alone.
//
// Thread-safe and usable after fork: a tracer is immutable.

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_H_

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/host/guest_memory.h"
#include "runtime/host/trace_call.h"
#include "runtime/host/trace_line.h"

namespace slipway::host {

class Tracer {
 public:
  // Lines go to `fd`, which stays the caller's and must outlive the tracer.
  explicit Tracer(int fd);

  // A call returned `result`, a value or a negative errno.
  void Returned(const TraceCall& row, const GuestMemory& memory,
                std::span<const int64_t> args, int64_t result) const;
  // A call is about to be made that will not return.
  void Leaving(const TraceCall& row, const GuestMemory& memory,
               std::span<const int64_t> args) const;
  // A call of another boundary than posix1, already in words: "name(arguments)"
  // and what it returned ("?" when it will not).
  void Print(const TraceLine& call, std::string_view result) const;
  // The sandbox refused something: `what` in words ("listen on :80"), and the
  // command-line option that would grant it ("--listen :80"), or "". It is
  // printed below the line of the call that the thread is making.
  void Denied(std::string_view what, std::string_view option) const;
  // The process is about to become another program: a call that succeeds, and
  // so never returns.
  void Executing(std::string_view program) const;
  // A signal is about to be delivered to a handler of the guest.
  void Delivering(int signal) const;

 private:
  int fd_;
  pid_t first_tid_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_H_
