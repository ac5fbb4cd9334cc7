#include "runtime/cli/posix_rows.h"

namespace slipway::cli {
namespace {

constexpr PosixRow kRows[] = {
#define ROW(name, argc, right, level, note) {#name, argc, #right, #level, note},
#define POSIX_CALL0(name, ...) ROW(name, 0, __VA_ARGS__)
#define POSIX_CALL1(name, k1, n1, ...) ROW(name, 1, __VA_ARGS__)
#define POSIX_CALL2(name, k1, n1, k2, n2, ...) ROW(name, 2, __VA_ARGS__)
#define POSIX_CALL3(name, k1, n1, k2, n2, k3, n3, ...) ROW(name, 3, __VA_ARGS__)
#define POSIX_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, ...) \
  ROW(name, 4, __VA_ARGS__)
#define POSIX_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, ...) \
  ROW(name, 5, __VA_ARGS__)
#define POSIX_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, ...) \
  ROW(name, 6, __VA_ARGS__)
#define POSIX_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                    n7, ...)                                                  \
  ROW(name, 7, __VA_ARGS__)
#define POSIX_REFUSED(name, argc, errno_name, reason) \
  {#name, argc, "", "refused", #errno_name ": " reason},
#include "posix-shim/abi/posix.def"
#undef ROW
};

constexpr PosixRow kWasiRows[] = {
#define ROW(name, argc, fd_rights, right, note) \
  {#name, argc, #right, "full", note},
#define WASI_CALL0(name, ...) ROW(name, 0, __VA_ARGS__)
#define WASI_CALL1(name, k1, n1, ...) ROW(name, 1, __VA_ARGS__)
#define WASI_CALL2(name, k1, n1, k2, n2, ...) ROW(name, 2, __VA_ARGS__)
#define WASI_CALL3(name, k1, n1, k2, n2, k3, n3, ...) ROW(name, 3, __VA_ARGS__)
#define WASI_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, ...) \
  ROW(name, 4, __VA_ARGS__)
#define WASI_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, ...) \
  ROW(name, 5, __VA_ARGS__)
#define WASI_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, ...) \
  ROW(name, 6, __VA_ARGS__)
#define WASI_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, ...)                                                  \
  ROW(name, 7, __VA_ARGS__)
#define WASI_CALL9(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, k8, n8, k9, n9, ...)                                  \
  ROW(name, 9, __VA_ARGS__)
#include "runtime/wasi/wasi.def"
#undef ROW
};

}  // namespace

const PosixRow* FindPosixRow(std::string_view name) {
  for (const PosixRow& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const PosixRow* FindWasiRow(std::string_view name) {
  for (const PosixRow& row : kWasiRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace slipway::cli
