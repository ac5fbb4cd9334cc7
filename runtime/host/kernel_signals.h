// The kernel's signal calls without the C library, which keeps signals 32 and
// 33 for itself and would refuse them to the guest. Async-signal-safe.

#ifndef SLIPWAY_RUNTIME_HOST_KERNEL_SIGNALS_H_
#define SLIPWAY_RUNTIME_HOST_KERNEL_SIGNALS_H_

#include <csignal>
#include <cstdint>

namespace slipway::host {

// Bit n-1 stands for signal n, as in the kernel's sigset_t.
using SignalMask = uint64_t;
constexpr SignalMask SignalBit(int signal) {
  return SignalMask{1} << (signal - 1);
}
inline constexpr int kSignalCount = 64;  // signals are 1 … 64

// Replaces the calling thread's kernel mask; returns the old one.
SignalMask SetKernelMask(SignalMask mask);

using SignalHandler = void (*)(int, siginfo_t*, void*);
// On the alternate stack, with `mask` blocked.
// `flags`: SA_NOCLDSTOP, SA_NOCLDWAIT and SA_RESTART count.
bool SetKernelHandler(int signal, SignalHandler handler, uint64_t flags,
                      SignalMask mask);
// SIG_DFL or SIG_IGN.
bool SetKernelDisposition(int signal, uint64_t disposition, uint64_t flags);
// SIG_DFL, SIG_IGN or a handler's address.
uint64_t KernelDisposition(int signal);

// Sends `info` to the calling thread as it is.
void QueueToSelf(const siginfo_t& info);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_KERNEL_SIGNALS_H_
