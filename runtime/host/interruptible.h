// The one way for host code to block on behalf of a guest.
//
//   return FromKernel(InterruptibleSyscall(SYS_read, fd, address, count));
//
// A call that may sleep must end with EINTR when a signal for the guest
// arrives, also when the signal comes between the last look at the thread's
// pending flag and the kernel's going to sleep. So the test of the flag and the
// `syscall` instruction form a window whose addresses the host's signal
// handler knows: a signal inside the window moves the program counter to the
// exit that answers -EINTR. Calls that never sleep use plain system calls.
// The dispatcher re-runs the handler when SA_RESTART asks for it, so handlers
// return EINTR as they get it and must not have changed anything by then.

#ifndef SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_
#define SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// Not zero while a signal waits for the calling thread to leave the host.
extern constinit thread_local std::atomic<uint32_t> signal_pending;

extern "C" int64_t slipway_interruptible_syscall(
    const std::atomic<uint32_t>* pending, int64_t number, int64_t a, int64_t b,
    int64_t c, int64_t d, int64_t e, int64_t f);

// A system call's argument, from an integer or a pointer.
template <typename T>
int64_t SyscallArgument(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<int64_t>(value);
  } else if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else {
    return static_cast<int64_t>(value);
  }
}

// Returns the kernel's result: a value or -errno.
template <typename A = int, typename B = int, typename C = int,
          typename D = int, typename E = int, typename F = int>
int64_t InterruptibleSyscall(int64_t number, A a = 0, B b = 0, C c = 0, D d = 0,
                             E e = 0, F f = 0) {
  return slipway_interruptible_syscall(&signal_pending, number,
                                       SyscallArgument(a), SyscallArgument(b),
                                       SyscallArgument(c), SyscallArgument(d),
                                       SyscallArgument(e), SyscallArgument(f));
}

// For the signal handler: whether `pc` lies in the window, and where to
// continue in that case.
bool InInterruptibleWindow(uint64_t pc);
uint64_t InterruptedExit();

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_
