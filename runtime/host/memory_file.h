// Content as a file: what a guest gets when it opens something synthetic.

#ifndef SLIPWAY_RUNTIME_HOST_MEMORY_FILE_H_
#define SLIPWAY_RUNTIME_HOST_MEMORY_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// A memfd with this content, open for reading on the lowest free number;
// `flags` may have O_CLOEXEC and O_NONBLOCK.
SysResult<OwnedFd> OpenMemoryFile(const DescriptorTable& files,
                                  std::string_view content, uint32_t flags);
// Gives such a file other content. Positions in it stay.
SysStatus ReplaceMemoryFile(const DescriptorTable& files, int fd,
                            std::string_view content);

// Directory listings are memory files of struct linux_dirent64 records, each
// with its successor's offset in d_off, so that lseek and dup do what they do
// on a real directory.
void AppendDirent(std::string& listing, std::string_view name, uint64_t inode,
                  uint8_t type);
// The records from the current offset on that fit into `limit` bytes, "" at
// the end; moves the offset. EINVAL when not even one fits.
SysResult<std::string> ReadDirents(int listing_fd, size_t limit);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_MEMORY_FILE_H_
