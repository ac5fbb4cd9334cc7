// The rows of posix-shim/abi/posix.def and runtime/wasi/wasi.def as `slipway
// inspect` shows them.

#ifndef SLIPWAY_RUNTIME_CLI_POSIX_ROWS_H_
#define SLIPWAY_RUNTIME_CLI_POSIX_ROWS_H_

#include <string_view>

namespace slipway::cli {

struct PosixRow {
  std::string_view name;
  int arguments;
  std::string_view right;   // empty when refused
  std::string_view level;   // "full", "partial", "refused"
  std::string_view remark;  // what is missing, or why it is refused
};

// Null when posix1 has no such call.
const PosixRow* FindPosixRow(std::string_view name);

// The same of WASI (wasi::IsWasi).
const PosixRow* FindWasiRow(std::string_view name);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_POSIX_ROWS_H_
