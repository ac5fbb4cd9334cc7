// System calls as the kernel has them: -errno in the result, inline, and
// nothing in between. The C library's functions are one more return for the
// processor to mispredict after each call, and a second look at the result.

#ifndef SLIPWAY_RUNTIME_HOST_RAW_SYSCALL_H_
#define SLIPWAY_RUNTIME_HOST_RAW_SYSCALL_H_

#include <cstdint>
#include <type_traits>

namespace slipway::host {

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

// Returns the kernel's result: a value or -errno. For calls that do not wait
// for anybody; the others are InterruptibleSyscall.
template <typename A = int, typename B = int, typename C = int,
          typename D = int, typename E = int, typename F = int>
[[gnu::always_inline]] inline int64_t RawSyscall(int64_t number, A a = 0,
                                                 B b = 0, C c = 0, D d = 0,
                                                 E e = 0, F f = 0) {
  int64_t result = number;
  register int64_t r10 asm("r10") = SyscallArgument(d);
  register int64_t r8 asm("r8") = SyscallArgument(e);
  register int64_t r9 asm("r9") = SyscallArgument(f);
  asm volatile("syscall"
               : "+a"(result)
               : "D"(SyscallArgument(a)), "S"(SyscallArgument(b)),
                 "d"(SyscallArgument(c)), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "cc", "memory");
  return result;
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_RAW_SYSCALL_H_
