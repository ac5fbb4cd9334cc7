// Declares one handler per row of posix.def. A row whose handler is missing
// does not link.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_HANDLERS_H_
#define SLIPWAY_RUNTIME_SYSCALLS_HANDLERS_H_

#include "runtime/syscalls/call.h"

namespace slipway::sys {

#define POSIX_CALL0(name, right, level, note) SysResult<int64_t> name(Call&);
#define POSIX_CALL1(name, k1, n1, right, level, note) \
  SysResult<int64_t> name(Call&, arg::k1);
#define POSIX_CALL2(name, k1, n1, k2, n2, right, level, note) \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2);
#define POSIX_CALL3(name, k1, n1, k2, n2, k3, n3, right, level, note) \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2, arg::k3);
#define POSIX_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, right, level, note) \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2, arg::k3, arg::k4);
#define POSIX_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, right, \
                    level, note)                                         \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5);
#define POSIX_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6,     \
                    right, level, note)                                       \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5, \
                          arg::k6);
#define POSIX_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                    n7, right, level, note)                                   \
  SysResult<int64_t> name(Call&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5, \
                          arg::k6, arg::k7);
#include "posix-shim/abi/posix.def"

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_HANDLERS_H_
