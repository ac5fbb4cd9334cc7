#include "runtime/host/signal_retry.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>

#include "runtime/host/signals.h"
#include "runtime/host/thread.h"

namespace slipway::host {

namespace {

constexpr long kDelayNanoseconds = 100'000;
// Tells our timer from one that the guest made with the same signal.
constexpr char kMarker = 0;

bool CreateTimer(ThreadSignals& signals, int tid) {
  // struct sigevent with SIGEV_THREAD_ID, as the kernel has it.
  struct {
    const void* value = &kMarker;
    int signal = kRetrySignal;
    int notify = SIGEV_THREAD_ID;
    int tid = 0;
    int padding[11] = {};
  } event;
  static_assert(sizeof(event) == 64);
  event.tid = tid;
  signals.has_timer =
      syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &signals.timer) == 0;
  return signals.has_timer;
}

}  // namespace

void ArmRetry(Thread& thread) {
  ThreadSignals& signals = thread.signals;
  if (!signals.has_timer && !CreateTimer(signals, thread.tid)) return;
  const itimerspec once = {{0, 0}, {0, kDelayNanoseconds}};
  signals.timer_armed = true;
  syscall(SYS_timer_settime, signals.timer, 0, &once, nullptr);
}

// Should it have fired meanwhile, its signal is handled before this returns.
void DisarmRetry(Thread& thread) {
  ThreadSignals& signals = thread.signals;
  if (!signals.timer_armed) return;
  const itimerspec never = {};
  syscall(SYS_timer_settime, signals.timer, 0, &never, nullptr);
  signals.timer_armed = false;
}

bool IsRetry(const siginfo_t& info) {
  return info.si_signo == kRetrySignal && info.si_code == SI_TIMER &&
         info.si_value.sival_ptr == &kMarker;
}

void DeleteRetryTimer(Thread& thread) {
  if (!thread.signals.has_timer) return;
  thread.signals.has_timer = false;
  syscall(SYS_timer_delete, thread.signals.timer);
}

}  // namespace slipway::host
