// SysResult<T>: what a host handler returns, a value or an errno. It carries
// no message and never allocates; the dispatcher alone turns it into the
// negative errno that the guest sees.
//
//   SysResult<int64_t> Dup(Fd fd) {
//     SLIPWAY_TRY(Descriptor * d, files.Find(fd));   // returns EBADF itself
//     const int copy = fcntl(d->host, F_DUPFD_CLOEXEC, 0);
//     if (copy < 0) return Errno::Last();
//     return copy;
//   }

#ifndef SLIPWAY_RUNTIME_HOST_SYS_RESULT_H_
#define SLIPWAY_RUNTIME_HOST_SYS_RESULT_H_

#include <cerrno>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace slipway::host {

// A Linux error number, positive.
struct Errno {
  int code;
  // The calling thread's errno.
  static Errno Last() { return Errno{errno}; }
  friend bool operator==(Errno, Errno) = default;
};

template <typename T>
class [[nodiscard]] SysResult {
 public:
  SysResult(T value) : value_(std::move(value)) {}
  template <typename U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<U, Errno>)
  SysResult(U value) : value_(std::move(value)) {}
  SysResult(Errno error) : error_(error.code) {}

  bool ok() const { return error_ == 0; }
  // Precondition: !ok().
  Errno error() const { return Errno{error_}; }
  // Precondition of the next four: ok().
  T& operator*() { return value_; }
  const T& operator*() const { return value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }

 private:
  T value_{};
  int error_ = 0;
};

// A call that returns nothing but success.
struct Done {};
using SysStatus = SysResult<Done>;

// The result of a raw Linux call: -errno or a value.
inline SysResult<int64_t> FromKernel(int64_t result) {
  if (result < 0 && result > -4096) return Errno{static_cast<int>(-result)};
  return result;
}

#define SLIPWAY_CONCAT_(a, b) a##b
#define SLIPWAY_CONCAT(a, b) SLIPWAY_CONCAT_(a, b)
// Declares `lhs` with the value of `expr`, or returns its error.
#define SLIPWAY_TRY(lhs, expr) \
  SLIPWAY_TRY_(SLIPWAY_CONCAT(try_result_, __LINE__), lhs, expr)
#define SLIPWAY_TRY_(tmp, lhs, expr) \
  auto tmp = (expr);                 \
  if (!tmp.ok()) return tmp.error(); \
  lhs = std::move(*tmp)
// The same for a SysStatus.
#define SLIPWAY_CHECK_OK(expr)                        \
  if (auto check_result = (expr); !check_result.ok()) \
  return check_result.error()

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SYS_RESULT_H_
