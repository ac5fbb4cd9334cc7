// WASI preview 1 as numbers: rights, flags, and the layout of the structs that
// hold no address (those that do are read and written by memory_layout.h).
// Source: WASI, legacy/preview1/docs.md.

#ifndef SLIPWAY_RUNTIME_WASI_ABI_H_
#define SLIPWAY_RUNTIME_WASI_ABI_H_

#include <cstddef>
#include <cstdint>

namespace slipway::wasi {

// What may be done with a descriptor. Names as in the specification, as the
// rows of wasi.def write them.
namespace fd_right {
inline constexpr uint64_t NONE = 0;
inline constexpr uint64_t FD_DATASYNC = 1 << 0;
inline constexpr uint64_t FD_READ = 1 << 1;
inline constexpr uint64_t FD_SEEK = 1 << 2;
inline constexpr uint64_t FD_FDSTAT_SET_FLAGS = 1 << 3;
inline constexpr uint64_t FD_SYNC = 1 << 4;
inline constexpr uint64_t FD_TELL = 1 << 5;
inline constexpr uint64_t FD_WRITE = 1 << 6;
inline constexpr uint64_t FD_ADVISE = 1 << 7;
inline constexpr uint64_t FD_ALLOCATE = 1 << 8;
inline constexpr uint64_t PATH_CREATE_DIRECTORY = 1 << 9;
inline constexpr uint64_t PATH_CREATE_FILE = 1 << 10;
inline constexpr uint64_t PATH_LINK_SOURCE = 1 << 11;
inline constexpr uint64_t PATH_LINK_TARGET = 1 << 12;
inline constexpr uint64_t PATH_OPEN = 1 << 13;
inline constexpr uint64_t FD_READDIR = 1 << 14;
inline constexpr uint64_t PATH_READLINK = 1 << 15;
inline constexpr uint64_t PATH_RENAME_SOURCE = 1 << 16;
inline constexpr uint64_t PATH_RENAME_TARGET = 1 << 17;
inline constexpr uint64_t PATH_FILESTAT_GET = 1 << 18;
inline constexpr uint64_t PATH_FILESTAT_SET_SIZE = 1 << 19;
inline constexpr uint64_t PATH_FILESTAT_SET_TIMES = 1 << 20;
inline constexpr uint64_t FD_FILESTAT_GET = 1 << 21;
inline constexpr uint64_t FD_FILESTAT_SET_SIZE = 1 << 22;
inline constexpr uint64_t FD_FILESTAT_SET_TIMES = 1 << 23;
inline constexpr uint64_t PATH_SYMLINK = 1 << 24;
inline constexpr uint64_t PATH_REMOVE_DIRECTORY = 1 << 25;
inline constexpr uint64_t PATH_UNLINK_FILE = 1 << 26;
inline constexpr uint64_t POLL_FD_READWRITE = 1 << 27;
inline constexpr uint64_t SOCK_SHUTDOWN = 1 << 28;
inline constexpr uint64_t SOCK_ACCEPT = 1 << 29;
}  // namespace fd_right

enum class FileType : uint8_t {
  kUnknown = 0,  // pipes, as WASI has no name for them
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kRegularFile,
  kSocketDatagram,
  kSocketStream,
  kSymbolicLink,
};

namespace fdflag {
inline constexpr uint32_t kAppend = 1 << 0;
inline constexpr uint32_t kDsync = 1 << 1;
inline constexpr uint32_t kNonblock = 1 << 2;
inline constexpr uint32_t kRsync = 1 << 3;
inline constexpr uint32_t kSync = 1 << 4;
inline constexpr uint32_t kAll = (1 << 5) - 1;
}  // namespace fdflag

namespace oflag {
inline constexpr uint32_t kCreate = 1 << 0;
inline constexpr uint32_t kDirectory = 1 << 1;
inline constexpr uint32_t kExclusive = 1 << 2;
inline constexpr uint32_t kTruncate = 1 << 3;
inline constexpr uint32_t kAll = (1 << 4) - 1;
}  // namespace oflag

inline constexpr uint32_t kSymlinkFollow = 1 << 0;  // lookup flags

namespace fstflag {
inline constexpr uint32_t kAccess = 1 << 0;
inline constexpr uint32_t kAccessNow = 1 << 1;
inline constexpr uint32_t kModification = 1 << 2;
inline constexpr uint32_t kModificationNow = 1 << 3;
inline constexpr uint32_t kAll = (1 << 4) - 1;
}  // namespace fstflag

enum class EventType : uint8_t { kClock = 0, kRead = 1, kWrite = 2 };
inline constexpr uint16_t kClockAbsolute = 1 << 0;
inline constexpr uint16_t kEventHangup = 1 << 0;

inline constexpr uint32_t kReceivePeek = 1 << 0;
inline constexpr uint32_t kReceiveWaitAll = 1 << 1;
inline constexpr uint16_t kReceiveTruncated = 1 << 0;
inline constexpr uint32_t kShutdownRead = 1 << 0;
inline constexpr uint32_t kShutdownWrite = 1 << 1;

struct Fdstat {
  FileType filetype;
  uint8_t padding0 = 0;
  uint16_t flags;
  uint32_t padding1 = 0;
  uint64_t rights_base;
  uint64_t rights_inheriting;
};
static_assert(sizeof(Fdstat) == 24);

struct Filestat {
  uint64_t dev;
  uint64_t ino;
  FileType filetype;
  uint8_t padding[7] = {};
  uint64_t nlink;
  uint64_t size;
  uint64_t atim;  // nanoseconds, as the next two
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(Filestat) == 64);

// The same in wasi_unstable.
struct UnstableFilestat {
  uint64_t dev;
  uint64_t ino;
  FileType filetype;
  uint8_t padding[3] = {};
  uint32_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(UnstableFilestat) == 56);

// A directory entry; the name follows, without a NUL.
struct Dirent {
  uint64_t next;
  uint64_t ino;
  uint32_t name_length;
  FileType type;
  uint8_t padding[3] = {};
};
static_assert(sizeof(Dirent) == 24);

struct Subscription {
  uint64_t userdata;
  EventType type;
  uint8_t padding0[7];
  union {
    struct {
      uint32_t id;
      uint32_t padding;
      uint64_t timeout;
      uint64_t precision;
      uint16_t flags;
    } clock;
    uint32_t fd;
  };
};
static_assert(sizeof(Subscription) == 48);
static_assert(offsetof(Subscription, clock) == 16);

// The same in wasi_unstable: a clock has an identifier of the guest's, before
// everything else.
struct UnstableSubscription {
  uint64_t userdata;
  EventType type;
  uint8_t padding0[7];
  union {
    struct {
      uint64_t identifier;
      uint32_t id;
      uint32_t padding;
      uint64_t timeout;
      uint64_t precision;
      uint16_t flags;
    } clock;
    uint32_t fd;
  };
};
static_assert(sizeof(UnstableSubscription) == 56);

struct Event {
  uint64_t userdata = 0;
  uint16_t error = 0;
  EventType type = EventType::kClock;
  uint8_t padding0[5] = {};
  uint64_t nbytes = 0;
  uint16_t flags = 0;
  uint8_t padding1[6] = {};
};
static_assert(sizeof(Event) == 32);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_ABI_H_
