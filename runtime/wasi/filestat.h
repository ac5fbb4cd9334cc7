// What a file is, in WASI's terms, and its times.

#ifndef SLIPWAY_RUNTIME_WASI_FILESTAT_H_
#define SLIPWAY_RUNTIME_WASI_FILESTAT_H_

#include <sys/stat.h>

#include <array>
#include <cstdint>

#include "runtime/host/sys_result.h"
#include "runtime/wasi/abi.h"

namespace slipway::wasi {

// `fd` tells the kinds of socket apart; -1 when there is none.
FileType FileTypeOf(mode_t mode, int fd);
// From struct dirent's d_type.
FileType FileTypeOfEntry(unsigned char type);

Filestat ToFilestat(const struct stat& st, int fd);
UnstableFilestat ToUnstable(const Filestat& stat);

// Nanoseconds since the epoch; 0 for what was before it.
uint64_t Nanoseconds(const timespec& time);

// For utimensat(2), from the arguments of fd_filestat_set_times. EINVAL for
// unknown flags and for a time that is to be both given and now.
host::SysResult<std::array<timespec, 2>> FileTimes(uint64_t access,
                                                   uint64_t modification,
                                                   uint32_t flags);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_FILESTAT_H_
