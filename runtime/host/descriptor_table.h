// The guest's file descriptors. Guest fd N is host fd N, so the kernel keeps
// numbers, flags and offsets; the table records which numbers the guest owns.
// Everything else that is open in the process belongs to the runtime, and for
// the guest it is EBADF.
//
//   const int fd = ::eventfd(0, EFD_CLOEXEC);
//   if (fd < 0) return Errno::Last();
//   return files.Adopt(fd, {FdKind::kEvent});      // EMFILE closes fd
//
//   SLIPWAY_TRY(const int host, files.Host(guest_fd));   // EBADF
//   … calls of the kernel with `host`, until the handler returns
//
// Between a look at the table and the kernel's call another thread of the guest
// may close the number, and the runtime open a file of its own under it. So
// whoever uses a number claims it first (Claim, Host, Socket; EndCall ends the
// claims of a handler, and the dispatcher calls it). Closing a number that
// another thread claims retires it: the kernel closes the file, and the number
// holds a placeholder, good for nothing, until nobody claims it any more. A
// number that the kernel has free is claimed by nobody.
//
// Invariants:
// * A number is owned only between Adopt and the start of Close. Nothing here
//   ever closes or replaces a number that the guest does not own, so a
//   descriptor the runtime opens for a moment cannot be swapped under it.
// * The runtime never closes a second descriptor of an open file of the
//   guest's: closing any descriptor of a file drops the record locks that the
//   process holds on it (fcntl(2)). Exempt are O_PATH descriptors, and
//   directories, whose locks exclude nobody as none of them is for writing.
// * The runtime's lasting descriptors are close-on-exec and lie at or above
//   max_limit() (MoveHigh), beyond every number the guest can reach.
// Thread-safe; lookups take no lock, nor does closing as long as there is one
// thread. There is one per process, and fork, holding mutex(), copies it.

#ifndef SLIPWAY_RUNTIME_HOST_DESCRIPTOR_TABLE_H_
#define SLIPWAY_RUNTIME_HOST_DESCRIPTOR_TABLE_H_

#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/host/descriptor_claims.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/raw_syscall.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

enum class FdKind : uint8_t {
  kFree,  // not the guest's
  // Anything that has a path: regular, fifo, device; and a directory of a mount
  // as long as nobody had to know that it is one.
  kFile,
  kDirectory,         // a real directory
  kVirtualDirectory,  // a directory of the Vfs only; see VirtualTree
  kSynthetic,         // a generated file; `node` says which
  kSocket,
  kPipe,
  kEpoll,
  kEvent,
  kTimer,
  kSignal,
  kInotify,
  kMessageQueue,
  kMemory,
  kProcess,    // of pidfd_open
  kInherited,  // came with the process: stdin, stdout, stderr
};

// What the table knows about one descriptor.
struct Descriptor {
  FdKind kind = FdKind::kFree;
  // Lies on a read-only mount: changes of metadata through it are EROFS.
  bool read_only = false;
  // kVirtualDirectory, kSynthetic: the VirtualTree's node. Else the mount's
  // index, or kNoNode.
  uint16_t node = kNoNode;

  static constexpr uint16_t kNoNode = 0xffff;
  // Whether paths may start there; the kernel knows for certain.
  bool may_be_directory() const {
    return kind == FdKind::kDirectory || kind == FdKind::kVirtualDirectory ||
           (kind == FdKind::kFile && node != kNoNode);
  }
  friend bool operator==(Descriptor, Descriptor) = default;
};

// A host descriptor for what an open file of the guest's refers to, so that the
// file and what is known about it belong together whatever other threads do.
struct PinnedFd {
  OwnedFd fd;  // O_PATH, but for a directory
  Descriptor descriptor;
  int status = 0;  // F_GETFL of the guest's
};

class DescriptorTable {
 public:
  static constexpr int kCapacity = 1 << 20;

  // Raises the process's soft RLIMIT_NOFILE to make room for the runtime's
  // descriptors above the guest's; the guest's own soft limit (limit()) starts
  // at the value found. Aborts when there is no memory for the table.
  DescriptorTable();
  ~DescriptorTable();
  DescriptorTable(const DescriptorTable&) = delete;
  DescriptorTable& operator=(const DescriptorTable&) = delete;

  // Gives the guest a host descriptor that was just opened, and returns its
  // number. EMFILE, and the descriptor closed, when it is not below limit().
  SysResult<int64_t> Adopt(int host_fd, Descriptor descriptor);
  // EMFILE when no number below limit() is free: for calls whose effect could
  // not be undone once Adopt fails.
  SysStatus CheckRoom() const;
  // The same for a descriptor that the process was started with, which may
  // not be open: then nothing happens. It was given to be read or written, and
  // not to have its metadata changed.
  void AdoptInherited(int host_fd,
                      Descriptor descriptor = {FdKind::kInherited,
                                               /*read_only=*/true});

  // What is known about a number, for those who do not use it. EBADF when the
  // guest does not own it.
  SysResult<Descriptor> Find(GuestFd fd) const;
  // The same, and the number may be used until EndCall.
  SysResult<Descriptor> Claim(GuestFd fd) const;
  // Claims a number; the host's number for it is the same. EBADF likewise.
  SysResult<int> Host(GuestFd fd) const;
  // The calling thread uses no number any more.
  void EndCall() {
    DescriptorClaims::Clear([this](int fd) { EndClaim(fd); });
  }
  // For calls that decide by the Descriptor and then use the file. Costs an
  // open.
  SysResult<PinnedFd> Pin(GuestFd fd) const;
  // The same for a directory, cheaper; ENOTDIR for all else, and EACCES for one
  // that may not be searched. A kVirtualDirectory comes without a descriptor.
  SysResult<PinnedFd> PinDirectory(GuestFd fd) const;
  // As Host, and ENOTSOCK when it is certainly no socket.
  SysResult<int> Socket(GuestFd fd) const;

  // close(2). Releases the number even when the kernel reports an error.
  SysStatus Close(GuestFd fd);
  // close_range(2): flags 0, CLOSE_RANGE_CLOEXEC or CLOSE_RANGE_UNSHARE.
  SysStatus CloseRange(uint32_t first, uint32_t last, uint32_t flags);
  // dup(2) and F_DUPFD(_CLOEXEC): the lowest free number from `minimum`.
  SysResult<int64_t> Duplicate(GuestFd fd, int64_t minimum, bool cloexec);
  // dup3(2); dup2(2) without the check for equal numbers. EBUSY when another
  // thread is just receiving `target` from the kernel, as on Linux.
  SysResult<int64_t> DuplicateTo(GuestFd fd, GuestFd target, bool cloexec);

  // The guest's soft and hard RLIMIT_NOFILE, and the highest value of both.
  int limit() const { return limit_.load(std::memory_order_relaxed); }
  int hard_limit() const { return hard_limit_.load(std::memory_order_relaxed); }
  int max_limit() const { return max_limit_; }
  // Precondition: 0 <= limit <= hard_limit <= max_limit().
  void SetLimits(int limit, int hard_limit) {
    limit_.store(limit, std::memory_order_relaxed);
    hard_limit_.store(hard_limit, std::memory_order_relaxed);
  }

  // Calls visit(number, descriptor) for every number the guest owns, ascending.
  template <typename Visitor>
  void ForEach(Visitor visit) const {
    const int end = high_water_.load(std::memory_order_acquire);
    for (int fd = 0; fd < end; ++fd) {
      const Descriptor descriptor = Unpack(Load(fd));
      if (descriptor.kind != FdKind::kFree) visit(fd, descriptor);
    }
  }

  // For fork: while it is held, no number is being duplicated.
  std::mutex& mutex() { return mutex_; }
  // In the child: closes what other threads of the parent had open for a
  // moment. Preconditions: mutex() and DescriptorClaims::mutex() are held.
  void AfterForkInChild();
  // Before a second thread uses the table.
  void SetShared() { shared_.store(true, std::memory_order_relaxed); }
  // Whether another thread may change what a number means during a call.
  bool is_shared() const { return shared_.load(std::memory_order_relaxed); }

  // Moves a descriptor of the runtime to or above max_limit(), close-on-exec.
  // Takes ownership of host_fd (negative: returned as it is) and returns the
  // new number, or host_fd when there is no room above.
  int MoveHigh(int host_fd) const;

 private:
  // An entry is one atomic word: the descriptor below, a generation above that
  // every change increments, so that equal words mean an unchanged owner.
  using Word = uint64_t;
  // A flag: being duplicated or replaced, so nobody may close it just now.
  static constexpr Word kBusy = 0x200;
  // A flag: the guest's no more, and the placeholder's until nobody claims it.
  static constexpr Word kRetired = 0x400;
  class BusyEntry;
  // With the generation after that of another word, or the same.
  static Word Pack(Descriptor descriptor, Word generation_of);
  static Word Repack(Descriptor descriptor, Word generation_of);
  static Descriptor Unpack(Word word);

  bool InRange(int fd) const { return fd >= 0 && fd < kCapacity; }
  Word Load(int fd) const;
  void Publish(int fd, Descriptor descriptor);
  // EBADF when the number is not the guest's.
  SysResult<Word> Owned(GuestFd fd) const;
  // As Load, of an entry that is busy.
  Word WaitFor(int fd) const;
  // The number is the guest's no more: EBADF when it never was.
  SysStatus Disown(GuestFd fd);
  // Closes the file and keeps the number when another thread claims it; false
  // when none does, and when the kernel refuses.
  bool RetireIfClaimed(int fd);
  void EndClaim(int fd) {
    if (entries_[fd].load(std::memory_order_relaxed) & kRetired) [[unlikely]] {
      ReleaseRetired();
    }
  }
  // Gives back the retired numbers that nobody claims.
  void ReleaseRetired();
  void ReleaseRetiredLocked();
  // Takes a retired number for the guest again. Under mutex_.
  SysResult<int64_t> Revive(int from, int target, bool cloexec);
  // dup without the risk of a copy at or above limit(): when it is known that
  // a lower number is free. nullopt when it is not.
  std::optional<SysResult<int64_t>> DuplicateBelow(int fd, int minimum,
                                                   bool cloexec);
  // Looks for a number that DuplicateBelow can rely on.
  void FindFree();
  // Under mutex_. nullopt when the target's state changed meanwhile, or the
  // runtime uses the number for a moment: look again.
  std::optional<SysResult<int64_t>> ReplaceOwned(int from, int target,
                                                 bool cloexec);
  std::optional<SysResult<int64_t>> ClaimFree(int from, int target,
                                              bool cloexec);

  std::atomic<Word>* const entries_;  // kCapacity, demand-zero
  std::atomic<int> high_water_ = 0;   // above every number ever owned
  std::atomic<int> limit_ = 0;
  std::atomic<int> hard_limit_ = 0;
  int max_limit_ = 0;
  // Not open in the process when it was last looked for; it still is not as
  // long as it is not below high_water_ and the table is not shared.
  int known_free_ = -1;
  OwnedFd
      placeholder_;  // O_PATH: to take a number without a file of the guest's
  std::atomic<bool> shared_ = false;  // by several threads
  std::mutex mutex_;                  // held by whoever marks entries busy
  std::vector<int> retired_;          // under mutex_
};

inline DescriptorTable::Word DescriptorTable::Pack(Descriptor descriptor,
                                                   Word generation_of) {
  return Repack(descriptor, generation_of + (Word{1} << 32));
}

inline DescriptorTable::Word DescriptorTable::Repack(Descriptor descriptor,
                                                     Word generation_of) {
  return generation_of >> 32 << 32 | Word{descriptor.node} << 16 |
         (descriptor.read_only ? 0x100u : 0u) |
         static_cast<Word>(descriptor.kind);
}

inline Descriptor DescriptorTable::Unpack(Word word) {
  return {static_cast<FdKind>(word & 0xff), (word & 0x100) != 0,
          static_cast<uint16_t>(word >> 16)};
}

inline DescriptorTable::Word DescriptorTable::Load(int fd) const {
  const Word word = entries_[fd].load(std::memory_order_seq_cst);
  if ((word & kBusy) != 0) [[unlikely]] {
    return WaitFor(fd);
  }
  return word;
}

inline void DescriptorTable::Publish(int fd, Descriptor descriptor) {
  int high = high_water_.load(std::memory_order_relaxed);
  while (high <= fd && !high_water_.compare_exchange_weak(
                           high, fd + 1, std::memory_order_release)) {
  }
  const Word old = entries_[fd].load(std::memory_order_relaxed);
  entries_[fd].store(Pack(descriptor, old), std::memory_order_release);
}

inline SysResult<int64_t> DescriptorTable::Adopt(int host_fd,
                                                 Descriptor descriptor) {
  if (!InRange(host_fd) || host_fd >= limit()) [[unlikely]] {
    RawSyscall(SYS_close, host_fd);
    return Errno{EMFILE};
  }
  Publish(host_fd, descriptor);
  return host_fd;
}

inline SysResult<DescriptorTable::Word> DescriptorTable::Owned(
    GuestFd fd) const {
  if (!InRange(fd.number)) return Errno{EBADF};
  const Word word = Load(fd.number);
  if (Unpack(word).kind == FdKind::kFree) return Errno{EBADF};
  return word;
}

inline SysStatus DescriptorTable::Disown(GuestFd fd) {
  while (true) {
    SLIPWAY_TRY(Word word, Owned(fd));
    if (entries_[fd.number].compare_exchange_strong(
            word, Pack({}, word), std::memory_order_seq_cst)) {
      return Done{};
    }
  }
}

// Released first: once the kernel has closed it, the number may be somebody
// else's at once.
inline SysStatus DescriptorTable::Close(GuestFd fd) {
  SLIPWAY_CHECK_OK(Disown(fd));
  if (is_shared() && RetireIfClaimed(fd.number)) return Done{};
  const int64_t result = RawSyscall(SYS_close, fd.number);
  if (result < 0) return FromKernel(result).error();
  return Done{};
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_DESCRIPTOR_TABLE_H_
