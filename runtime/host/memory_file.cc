#include "runtime/host/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace slipway::host {
namespace {

// struct linux_dirent64 up to its name (getdents(2)).
struct DirentHeader {
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t type;
} __attribute__((packed));
constexpr size_t kHeader = sizeof(DirentHeader);
static_assert(kHeader == 19);

SysStatus WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = ::write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return Errno::Last();
    content.remove_prefix(static_cast<size_t>(done));
  }
  return Done{};
}

}  // namespace

SysResult<OwnedFd> OpenMemoryFile(const DescriptorTable& files,
                                  std::string_view content, uint32_t flags) {
  const OwnedFd memory(files.MoveHigh(::memfd_create("file", MFD_CLOEXEC)));
  if (!memory.valid()) return Errno::Last();
  SLIPWAY_CHECK_OK(WriteAll(memory.get(), content));
  ::fchmod(memory.get(), 0444);
  // Opened again, because the memfd itself is open for writing too.
  const std::string link =
      "/proc/thread-self/fd/" + std::to_string(memory.get());
  OwnedFd file(
      ::open(link.c_str(), O_RDONLY | (flags & (O_CLOEXEC | O_NONBLOCK))));
  if (!file.valid()) return Errno::Last();
  return file;
}

// The guest's own descriptor cannot write. (A second one of its file is closed
// here, which drops record locks: nobody has any on such a file.)
SysStatus ReplaceMemoryFile(const DescriptorTable& files, int fd,
                            std::string_view content) {
  const std::string link = "/proc/thread-self/fd/" + std::to_string(fd);
  ::fchmod(fd, 0644);
  const OwnedFd writer(
      files.MoveHigh(::open(link.c_str(), O_WRONLY | O_CLOEXEC)));
  ::fchmod(fd, 0444);
  if (!writer.valid()) return Errno::Last();
  SLIPWAY_CHECK_OK(WriteAll(writer.get(), content));
  if (::ftruncate(writer.get(), static_cast<off_t>(content.size())) != 0) {
    return Errno::Last();
  }
  return Done{};
}

void AppendDirent(std::string& listing, std::string_view name, uint64_t inode,
                  uint8_t type) {
  const size_t size = (kHeader + name.size() + 1 + 7) & ~size_t{7};
  const DirentHeader header{inode, static_cast<int64_t>(listing.size() + size),
                            static_cast<uint16_t>(size), type};
  listing.append(reinterpret_cast<const char*>(&header), kHeader);
  listing.append(name);
  listing.append(size - kHeader - name.size(), '\0');
}

SysResult<std::string> ReadDirents(int listing_fd, size_t limit) {
  constexpr size_t kMost = 64 << 10;
  const off_t start = ::lseek(listing_fd, 0, SEEK_CUR);
  if (start < 0) return Errno::Last();
  std::string records(std::min(limit, kMost), '\0');
  const ssize_t got =
      ::pread(listing_fd, records.data(), records.size(), start);
  if (got < 0) return Errno::Last();
  size_t whole = 0;
  while (whole + kHeader <= static_cast<size_t>(got)) {
    DirentHeader header;
    std::memcpy(&header, &records[whole], kHeader);
    if (header.size < kHeader || whole + header.size > static_cast<size_t>(got))
      break;
    whole += header.size;
  }
  if (whole == 0 && got > 0) return Errno{EINVAL};
  ::lseek(listing_fd, start + static_cast<off_t>(whole), SEEK_SET);
  records.resize(whole);
  return records;
}

}  // namespace slipway::host
