// Preopened directories, and listing. A cookie stands for the kernel's own
// position after an entry (d_off), so that a listing goes on where it was even
// when entries come and go meanwhile. It is not that position itself, which has
// up to 63 bits: telldir(3) of a 32-bit program has 31. See getdents(2).

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wasi/filestat.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

// struct linux_dirent64, before the name.
struct KernelEntry {
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t type;
};
constexpr size_t kNameOffset = 19;

// Fills the guest's buffer entry by entry; the last one may be cut, which says
// that there are more.
class Listing {
 public:
  Listing(Guest& guest, File& directory, uint64_t cookie, GuestPtr buffer,
          uint64_t size)
      : guest_(guest),
        directory_(directory),
        cookie_(cookie),
        at_(buffer),
        left_(size) {}

  bool full() const { return left_ == 0; }
  uint64_t left() const { return left_; }

  SysStatus Add(const KernelEntry& entry, std::string_view name) {
    Dirent dirent{};
    dirent.next = Remember(entry.next);
    dirent.ino = entry.inode;
    dirent.name_length = static_cast<uint32_t>(name.size());
    dirent.type = TypeOf(entry, name);
    if (name == ".." && !directory_.preopen.empty()) dirent.ino = OwnInode();
    SLIPWAY_CHECK_OK(Put(&dirent, sizeof(dirent)));
    return Put(name.data(), name.size());
  }

 private:
  // The cookie of what follows an entry.
  uint64_t Remember(int64_t position) {
    std::vector<int64_t>& listed = directory_.listed;
    if (cookie_ == listed.size()) listed.push_back(position);
    listed[cookie_] = position;
    return ++cookie_;
  }

  FileType TypeOf(const KernelEntry& entry, std::string_view name) const {
    if (entry.type != DT_UNKNOWN) return FileTypeOfEntry(entry.type);
    struct stat st;
    const std::string text(name);
    if (::fstatat(directory_.fd(), text.c_str(), &st, AT_SYMLINK_NOFOLLOW)) {
      return FileType::kUnknown;
    }
    return FileTypeOf(st.st_mode, -1);
  }

  // What lies above a preopened directory is none of the guest's business.
  uint64_t OwnInode() const {
    struct stat st;
    return ::fstat(directory_.fd(), &st) == 0 ? st.st_ino : 0;
  }

  SysStatus Put(const void* bytes, uint64_t size) {
    const uint64_t fits = std::min(size, left_);
    SLIPWAY_CHECK_OK(guest_.memory.CopyOut(at_, bytes, fits));
    at_ = at_ + fits;
    left_ -= fits;
    return Done{};
  }

  Guest& guest_;
  File& directory_;
  uint64_t cookie_;  // of the entry that comes next
  GuestPtr at_;
  uint64_t left_;
};

// Goes to where a cookie points. EINVAL when no listing gave it out.
SysStatus GoTo(File& directory, uint64_t cookie) {
  if (cookie > directory.listed.size()) return Errno{EINVAL};
  const int64_t position = cookie == 0 ? 0 : directory.listed[cookie - 1];
  if (::lseek(directory.fd(), position, SEEK_SET) < 0) return Errno::Last();
  return Done{};
}

// Adds the entries of one answer of getdents64.
SysStatus AddAll(Listing& listing, const char* bytes, size_t size) {
  for (size_t at = 0; at < size && !listing.full();) {
    KernelEntry entry;
    std::memcpy(&entry, bytes + at, kNameOffset);
    SLIPWAY_CHECK_OK(listing.Add(entry, bytes + at + kNameOffset));
    at += entry.size;
  }
  return Done{};
}

}  // namespace

SysStatus fd_prestat_get(Guest& guest, WasiFd fd, GuestPtr prestat) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (file->preopen.empty()) return Errno{EBADF};
  return guest.memory.StorePrestat(prestat, file->preopen.size());
}

SysStatus fd_prestat_dir_name(Guest& guest, WasiFd fd, GuestPtr path,
                              uint64_t path_len) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  const std::string& name = file->preopen;
  if (name.empty()) return Errno{EBADF};
  if (path_len < name.size()) return Errno{ENAMETOOLONG};
  return guest.memory.CopyOut(path, name.data(), name.size());
}

SysStatus fd_readdir(Guest& guest, WasiFd fd, GuestPtr buf, uint64_t buf_len,
                     uint64_t cookie, GuestPtr bufused) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  SLIPWAY_CHECK_OK(GoTo(*file, cookie));
  Listing listing(guest, *file, cookie, buf, buf_len);
  alignas(8) char bytes[16 << 10];
  while (!listing.full()) {
    const long size =
        ::syscall(SYS_getdents64, file->fd(), bytes, sizeof(bytes));
    if (size < 0) return Errno::Last();
    if (size == 0) break;
    SLIPWAY_CHECK_OK(AddAll(listing, bytes, static_cast<size_t>(size)));
  }
  return guest.memory.StoreWord(bufused, buf_len - listing.left());
}

}  // namespace slipway::wasi
