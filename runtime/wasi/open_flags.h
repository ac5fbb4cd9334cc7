// Descriptor flags: WASI's and open(2)'s.

#ifndef SLIPWAY_RUNTIME_WASI_OPEN_FLAGS_H_
#define SLIPWAY_RUNTIME_WASI_OPEN_FLAGS_H_

#include <fcntl.h>

#include <cstdint>

#include "runtime/wasi/abi.h"

namespace slipway::wasi {

inline uint32_t ToOpenFlags(uint32_t fdflags) {
  uint32_t flags = 0;
  if ((fdflags & fdflag::kAppend) != 0) flags |= O_APPEND;
  if ((fdflags & fdflag::kDsync) != 0) flags |= O_DSYNC;
  if ((fdflags & fdflag::kNonblock) != 0) flags |= O_NONBLOCK;
  if ((fdflags & (fdflag::kSync | fdflag::kRsync)) != 0) flags |= O_SYNC;
  return flags;
}

// From F_GETFL. Linux keeps no O_RSYNC.
inline uint32_t ToFdflags(int status) {
  uint32_t flags = 0;
  if ((status & O_APPEND) != 0) flags |= fdflag::kAppend;
  if ((status & O_NONBLOCK) != 0) flags |= fdflag::kNonblock;
  if ((status & O_DSYNC) != 0) flags |= fdflag::kDsync;
  if ((status & O_SYNC) == O_SYNC) flags |= fdflag::kSync;
  return flags;
}

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_OPEN_FLAGS_H_
