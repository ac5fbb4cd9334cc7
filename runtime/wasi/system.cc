// Clocks, random bytes, and the end of the process.

#include <sched.h>
#include <signal.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "runtime/host/death.h"
#include "runtime/wasi/clocks.h"
#include "runtime/wasi/filestat.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

// By WASI's number; 0 stands for none.
constexpr int kSignals[] = {
    0,       SIGHUP,    SIGINT,  SIGQUIT,  SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
    SIGFPE,  SIGKILL,   SIGUSR1, SIGSEGV,  SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
    SIGCHLD, SIGCONT,   SIGSTOP, SIGTSTP,  SIGTTIN, SIGTTOU, SIGURG,  SIGXCPU,
    SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGPOLL, SIGPWR,  SIGSYS};

// signal(7), "Standard signals": those whose default is not to end the process.
bool Survives(int signal) {
  constexpr int kOthers[] = {SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP,
                             SIGTTIN, SIGTTOU, SIGURG,  SIGWINCH};
  return std::find(std::begin(kOthers), std::end(kOthers), signal) !=
         std::end(kOthers);
}

}  // namespace

SysStatus clock_res_get(Guest& guest, uint32_t id, GuestPtr resolution) {
  const auto clock = FindClock(id);
  timespec value;
  if (!clock) return Errno{EINVAL};
  if (::clock_getres(*clock, &value) != 0) return Errno::Last();
  return guest.memory.Store(resolution, Nanoseconds(value));
}

SysStatus clock_time_get(Guest& guest, uint32_t id, uint64_t, GuestPtr time) {
  const auto clock = FindClock(id);
  timespec now;
  if (!clock) return Errno{EINVAL};
  if (::clock_gettime(*clock, &now) != 0) return Errno::Last();
  return guest.memory.Store(time, Nanoseconds(now));
}

SysStatus random_get(Guest& guest, GuestPtr buf, uint64_t buf_len) {
  SLIPWAY_TRY(void* const data, guest.memory.ForKernel(buf, buf_len));
  auto* next = static_cast<uint8_t*>(data);
  while (buf_len > 0) {
    const ssize_t got = ::getrandom(next, buf_len, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Errno::Last();
    next += got;
    buf_len -= static_cast<uint64_t>(got);
  }
  return Done{};
}

SysStatus sched_yield(Guest&) {
  ::sched_yield();
  return Done{};
}

SysStatus proc_exit(Guest&, uint32_t rval) { ::_exit(static_cast<int>(rval)); }

SysStatus proc_raise(Guest&, uint32_t sig) {
  if (sig >= std::size(kSignals)) return Errno{EINVAL};
  const int signal = kSignals[sig];
  if (signal == 0) return Done{};
  if (!Survives(signal)) host::DieOfSignal(signal);
  if (::raise(signal) != 0) return Errno::Last();
  return Done{};
}

}  // namespace slipway::wasi
