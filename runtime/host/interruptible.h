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
// The dispatcher re-runs the handler when SA_RESTART asks for it, or when the
// kernel was not asked at all, so handlers return EINTR as they get it and must
// not have changed anything by then.
//
// Every call has a window of its own: what follows a system call returns
// slowly, because the processor has forgotten where to.

#ifndef SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_
#define SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_

#include <atomic>
#include <cstdint>

#include "runtime/host/raw_syscall.h"

namespace slipway::host {

// What signal_pending says: 0, that a signal waits for the calling thread to
// leave the host, or that it has also kept a call from the kernel.
inline constexpr uint32_t kSignalWaits = 1;
inline constexpr uint32_t kCallNotMade = 2;
extern constinit thread_local std::atomic<uint32_t> signal_pending;

// The window starts at the test and ends behind the syscall instruction, whose
// address is also where a call that the kernel wants to restart is found. The
// handler knows it by its instructions: kWindow in interruptible.cc.
[[gnu::always_inline]] inline int64_t InterruptibleSyscallOfWords(
    int64_t number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e,
    int64_t f) {
  int64_t result = number;
  register int64_t r10 asm("r10") = d;
  register int64_t r8 asm("r8") = e;
  register int64_t r9 asm("r9") = f;
  register const std::atomic<uint32_t>* r11 asm("r11") = &signal_pending;
  asm volatile(
      "cmpl $0, (%%r11)\n"
      "jne 1f\n"
      "syscall\n"
      "jmp 2f\n"
      "1: movl $2, (%%r11)\n"  // kCallNotMade
      "movq $-4, %%rax\n"      // -EINTR
      "2:\n"
      : "+a"(result), "+r"(r11)
      : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
      : "rcx", "cc", "memory");
  return result;
}

// Returns the kernel's result: a value or -errno.
template <typename A = int, typename B = int, typename C = int,
          typename D = int, typename E = int, typename F = int>
[[gnu::always_inline]] inline int64_t InterruptibleSyscall(int64_t number,
                                                           A a = 0, B b = 0,
                                                           C c = 0, D d = 0,
                                                           E e = 0, F f = 0) {
  return InterruptibleSyscallOfWords(
      number, SyscallArgument(a), SyscallArgument(b), SyscallArgument(c),
      SyscallArgument(d), SyscallArgument(e), SyscallArgument(f));
}

// For the signal handler: where to continue with -EINTR when `pc`, where an
// instruction of this process starts, lies in a window; 0 when it does not.
// Async-signal-safe.
uint64_t InterruptedExit(uint64_t pc);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_INTERRUPTIBLE_H_
