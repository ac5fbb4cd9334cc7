// Declares one handler per row of wasi.def. A row whose handler is missing does
// not link.

#ifndef SLIPWAY_RUNTIME_WASI_HANDLERS_H_
#define SLIPWAY_RUNTIME_WASI_HANDLERS_H_

#include "runtime/wasi/guest.h"

namespace slipway::wasi {

// clang-format off
#define WASI_CALL0(name, ...) SysStatus name(Guest&);
#define WASI_CALL1(name, k1, n1, ...) SysStatus name(Guest&, arg::k1);
#define WASI_CALL2(name, k1, n1, k2, n2, ...) \
  SysStatus name(Guest&, arg::k1, arg::k2);
#define WASI_CALL3(name, k1, n1, k2, n2, k3, n3, ...) \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3);
#define WASI_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, ...) \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3, arg::k4);
#define WASI_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, ...) \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5);
#define WASI_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, ...) \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5,         \
                 arg::k6);
#define WASI_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, ...)                                                  \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5,        \
                 arg::k6, arg::k7);
#define WASI_CALL9(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, k8, n8, k9, n9, ...)                                  \
  SysStatus name(Guest&, arg::k1, arg::k2, arg::k3, arg::k4, arg::k5,        \
                 arg::k6, arg::k7, arg::k8, arg::k9);
// clang-format on
#include "runtime/wasi/wasi.def"

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_HANDLERS_H_
