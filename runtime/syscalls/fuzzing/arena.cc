#include "runtime/syscalls/fuzzing/arena.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <iterator>

namespace slipway::sys::fuzzing {
namespace {

constexpr const char* kPaths[] = {
    "/data",
    "/data/file",
    "/data/new",
    "/data/directory",
    "/data/directory/deep",
    "/data/absolute",
    "/data/escape",
    "/data/loop",
    "/data/dangling",
    "/data/fifo",
    "/data/script",
    "/data/program.wasm",
    "/data/socket",
    "/data/../ro/file",
    "/data/../../../../etc/shadow",
    "/data/directory/../../outside/sentinel",
    "/data/escape/sentinel",
    "/ro",
    "/ro/file",
    "/ro/new",
    "/ro/../data/file",
    "/outside/sentinel",
    "/etc/shadow",
    "/etc/passwd",
    "/etc/hosts",
    "/",
    "//",
    ".",
    "..",
    "../..",
    "",
    "file",
    "new",
    "directory/",
    "directory/new",
    "file/",
    "socket",
    "/dev",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
    "/dev/pts/0",
    "/dev/fd",
    "/dev/fd/3",
    "/dev/fd/9",
    "/dev/fd/10/file",
    "/dev/fd/1020",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/shm/x",
    "/dev/mem",
    "/proc",
    "/proc/self",
    "/proc/thread-self",
    "/proc/self/fd",
    "/proc/self/fd/0",
    "/proc/self/fd/5",
    "/proc/self/fd/1000",
    "/proc/self/fd/1023",
    "/proc/self/fd/10/../../outside",
    "/proc/self/exe",
    "/proc/self/root",
    "/proc/self/root/etc/passwd",
    "/proc/self/cwd",
    "/proc/self/mem",
    "/proc/self/maps",
    "/proc/self/smaps",
    "/proc/self/stat",
    "/proc/self/status",
    "/proc/self/cmdline",
    "/proc/self/environ",
    "/proc/self/comm",
    "/proc/self/limits",
    "/proc/self/io",
    "/proc/self/oom_score_adj",
    "/proc/self/task/1/maps",
    "/proc/1/root",
    "/proc/1/environ",
    "/proc/sys/kernel/core_pattern",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/bin/true",
    "/bin/sh",
    "user.name",
    "security.selinux",
    "\xff\xfe",
};

// Lays out one slot. `variant` makes the slots of a kind differ.
class Slot {
 public:
  Slot(uint8_t* at, uint64_t variant) : at_(at), variant_(variant) {}

  template <typename T>
  void Put(size_t offset, const T& value) {
    if (offset + sizeof(T) <= kSlotSize) {
      std::memcpy(at_ + offset, &value, sizeof(T));
    }
  }
  // Repeats an element to the end of the slot.
  template <typename Make>
  void Fill(Make make) {
    for (size_t i = 0; (i + 1) * sizeof(make(0)) <= kSlotSize; ++i) {
      Put(i * sizeof(make(0)), make(i));
    }
  }
  // Another slot's address; some are hostile.
  uint64_t Somewhere(size_t i) const {
    constexpr uint64_t kOdd[] = {0,
                                 kReservation - 8,
                                 kReservation,
                                 ~uint64_t{0} - 7,
                                 kReadOnlyPage,
                                 kLastPage + kPage - 4,
                                 kBeyondFile + kPage,
                                 kReservation / 2};
    const uint64_t n = variant_ * 7 + i;
    return n % 5 == 4 ? kOdd[n / 5 % 8] : SlotAt(n * 13);
  }
  uint64_t variant() const { return variant_; }

 private:
  uint8_t* const at_;
  const uint64_t variant_;
};

void Zeros(Slot&) {}

void Bytes(Slot& slot) {
  slot.Fill([&](size_t i) { return static_cast<uint8_t>(i + slot.variant()); });
}

// Pointers with lengths, as iovec, and as arrays of pointers.
void Vectors(Slot& slot) {
  constexpr uint64_t kLengths[] = {
      16, 0, 256, 4096, 1, ~uint64_t{0}, 1ull << 31, 0x7fffffffffffffff};
  slot.Fill([&](size_t i) {
    const uint64_t length = kLengths[(i + slot.variant() / 2) % 8];
    return iovec{reinterpret_cast<void*>(slot.Somewhere(i)),
                 slot.variant() % 2 ? 8 + i : length};
  });
}

void Pointers(Slot& slot) {
  for (size_t i = 0; i < 4 + slot.variant() % 8; ++i) {
    const uint64_t text = SlotAt(kFirstPath + i * 5 + slot.variant());
    slot.Put(i * 8, slot.variant() % 4 == 3 ? slot.Somewhere(i) : text);
  }
}

// struct msghdr and, in recvmmsg's way, more of them.
void Messages(Slot& slot) {
  struct {
    uint64_t name, name_length, iov, iov_count, control, control_length;
    uint64_t flags, length;
  } message{};
  slot.Fill([&](size_t i) {
    const uint64_t n = slot.variant() + i;
    message.name = n % 3 == 0 ? 0 : SlotAt(5 + 16 * (n % 16));
    message.name_length = n % 4 == 0 ? 128 : 16;
    message.iov = SlotAt(2 + 16 * (n % 16));
    message.iov_count = 1 + n % 3;
    message.control = n % 4 == 1 ? 0 : SlotAt(6 + 16 * (n % 16));
    message.control_length = n % 4 == 1 ? 0 : 16 + 4 * (n % 16);
    return message;
  });
}

void Addresses(Slot& slot) {
  const uint64_t n = slot.variant();
  const auto port = htons(static_cast<uint16_t>(n % 3 == 0 ? 0 : 8000 + n));
  if (n % 4 == 0) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = port;
    in.sin_addr.s_addr = htonl(n % 8 == 0 ? INADDR_LOOPBACK : INADDR_ANY);
    slot.Put(0, in);
  } else if (n % 4 == 1) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = port;
    if (n % 8 == 1) in6.sin6_addr = in6addr_loopback;
    if (n % 8 == 5) in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 255;
    slot.Put(0, in6);
  } else {
    sockaddr_un name{};
    name.sun_family = n % 16 == 14 ? AF_UNSPEC : AF_UNIX;
    const char* const path = PathText(static_cast<uint32_t>(n * 5));
    const size_t skip = n % 4 == 2 ? 0 : 1;  // abstract
    std::strncpy(name.sun_path + skip, path, sizeof(name.sun_path) - 2);
    slot.Put(0, name);
  }
}

// Control messages: one of another type before one with descriptors, with and
// without padding at the end.
void Controls(Slot& slot) {
  const uint64_t n = slot.variant();
  cmsghdr header{};
  header.cmsg_level = n % 5 == 4 ? IPPROTO_IP : SOL_SOCKET;
  header.cmsg_type = n % 5 == 3 ? SCM_CREDENTIALS : SCM_RIGHTS;
  header.cmsg_len = n % 7 == 6 ? ~size_t{0} - n : CMSG_LEN(4 + n % 3 * 4);
  slot.Put(0, header);
  slot.Put(16, static_cast<int>(n < 8 ? 3 + n : 1000 + n));
  header.cmsg_level = SOL_SOCKET;
  header.cmsg_type = SCM_RIGHTS;
  header.cmsg_len = CMSG_LEN(4);
  slot.Put(24, header);
  slot.Put(40, static_cast<int>(n % 2 ? 4 : 1008 + n / 2));
}

void Times(Slot& slot) {
  constexpr int64_t kSeconds[] = {0,  0,         0,         1,
                                  -1, INT64_MAX, INT64_MIN, 1000000000};
  constexpr int64_t kParts[] = {0,          1,  1000,      1000000,
                                1000000000, -1, INT64_MAX, 999999999};
  slot.Fill([&](size_t i) {
    return i % 2 == 0 ? kSeconds[(slot.variant() + i / 2) % 8]
                      : kParts[(slot.variant() * 3 + i / 2) % 8];
  });
}

void Masks(Slot& slot) {
  slot.Fill([&](size_t i) {
    return uint64_t{1} << ((slot.variant() * 5 + i) % 64) |
           (slot.variant() % 3 ? 0 : ~uint64_t{0});
  });
}

void Actions(Slot& slot) {
  slot.Put(0, uint64_t{slot.variant() % 6});  // default, ignore, handlers
  slot.Put(8, uint64_t{slot.variant() * 0x08000004} | (slot.variant() << 28));
  slot.Put(24, slot.variant() % 4 ? uint64_t{0} : ~uint64_t{0});
}

void Polls(Slot& slot) {
  slot.Fill([&](size_t i) {
    const int fd = static_cast<int>(i * 3 + slot.variant());
    return pollfd{i % 7 == 6 ? -1 : fd, POLLIN | POLLOUT, 0};
  });
}

void Infos(Slot& slot) {
  constexpr int kCodes[] = {SI_QUEUE, SI_USER,     SI_TKILL, SI_TIMER,
                            SI_MESGQ, SEGV_MAPERR, 0x80,     -100};
  slot.Put(0, static_cast<int>(slot.variant() * 4 % 66));
  slot.Put(8, kCodes[slot.variant() % 8]);
  slot.Put(16, slot.Somewhere(1));
}

// struct flock, rlimit, f_owner_ex, sigevent, stack_t: small numbers.
void Numbers(Slot& slot) {
  constexpr int64_t kValues[] = {0,    1,         2,         -1,
                                 4096, INT32_MIN, INT64_MAX, 1 << 20};
  slot.Fill([&](size_t i) {
    const uint64_t n = slot.variant() + i * (1 + slot.variant() % 3);
    return kValues[n % 8];
  });
}

void SmallNumbers(Slot& slot) {
  slot.Fill([&](size_t i) {
    return static_cast<int32_t>((i * 5 + slot.variant() * 3) % 24) - 2;
  });
}

void OpenHow(Slot& slot) {
  open_how how{};
  how.flags = slot.variant() % 2 ? O_RDWR | O_CREAT : O_RDONLY;
  how.mode = slot.variant() % 2 ? 0600 : 0;
  how.resolve = slot.variant() % 5 ? 0 : RESOLVE_BENEATH;
  slot.Put(0, how);
}

// A robust list: circular, or leading somewhere else.
void Lists(Slot& slot) {
  const uint64_t n = slot.variant();
  slot.Put(0, n % 2 ? SlotAt(14 + 16 * n) : slot.Somewhere(0));
  slot.Put(8, n % 3 ? int64_t{16} : INT64_MIN);
  slot.Put(16, n % 4 ? uint64_t{0} : slot.Somewhere(2));
}

void Unterminated(Slot& slot) {
  slot.Fill(
      [&](size_t i) { return i % (3 + slot.variant()) == 0 ? '/' : 'a'; });
}

constexpr void (*kKinds[16])(Slot&) = {
    Zeros, Bytes, Vectors, Pointers, Messages,     Addresses, Controls, Times,
    Masks, Polls, Infos,   Numbers,  SmallNumbers, OpenHow,   Lists,    Actions,
};

}  // namespace

uint32_t PathCount() { return std::size(kPaths); }

const char* PathText(uint32_t index) { return kPaths[index % PathCount()]; }

void FillSlots(uint8_t* slots) {
  std::memset(slots, 0, kSlotBytes);
  for (uint64_t i = 0; i < kSlotCount; ++i) {
    uint8_t* const at = slots + i * kSlotSize;
    Slot slot(at, i < kFirstPath ? i / 16 : i);
    if (i < kFirstPath) {
      kKinds[i % 16](slot);
    } else if (i < kSlotCount - 8) {
      const char* const text = PathText(static_cast<uint32_t>(i - kFirstPath));
      std::memcpy(at, text, std::strlen(text) + 1);
    } else {
      Unterminated(slot);
    }
  }
}

}  // namespace slipway::sys::fuzzing
