#include "runtime/host/descriptor_table.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "runtime/host/raw_syscall.h"

namespace slipway::host {
namespace {

// CLOSE_RANGE_* of linux/close_range.h, which older headers lack.
constexpr uint32_t kCloseRangeUnshare = 1u << 1;
constexpr uint32_t kCloseRangeCloexec = 1u << 2;

std::atomic<uint64_t>* MapEntries() {
  void* memory = ::mmap(
      nullptr, DescriptorTable::kCapacity * sizeof(std::atomic<uint64_t>),
      PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
      0);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<std::atomic<uint64_t>*>(memory);
}

// How many numbers below a limit of `hard` the runtime keeps for itself.
int RuntimeShare(int hard) { return std::clamp(hard / 16, 16, 1024); }

constexpr int kPathDirectory = O_PATH | O_DIRECTORY | O_CLOEXEC;
// How many more numbers the guest may use before it is known again that one
// is free.
constexpr int kFreeAhead = 32;

int DuplicateFrom(int fd, int minimum, bool cloexec) {
  return ::fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, minimum);
}

OwnedFd OpenPathOf(int fd) {
  const std::string link = "/proc/thread-self/fd/" + std::to_string(fd);
  return OwnedFd(::open(link.c_str(), O_PATH | O_CLOEXEC));
}

}  // namespace

// Keeps one of the guest's numbers from being closed while it lives.
// Precondition: mutex_ is held.
class DescriptorTable::BusyEntry {
 public:
  BusyEntry(DescriptorTable& table, int fd) : entry_(table.entries_[fd]) {
    word_ = entry_.load(std::memory_order_acquire);
    do {
      if (descriptor().kind == FdKind::kFree) return;
    } while (!entry_.compare_exchange_weak(word_, word_ | kBusy,
                                           std::memory_order_acq_rel));
    busy_ = true;
  }
  ~BusyEntry() {
    if (busy_) entry_.store(word_, std::memory_order_release);
  }
  BusyEntry(const BusyEntry&) = delete;
  BusyEntry& operator=(const BusyEntry&) = delete;

  // False when the number is not the guest's.
  bool owned() const { return busy_; }
  Descriptor descriptor() const { return Unpack(word_); }
  // The number holds another file from now on.
  void Replace(Descriptor descriptor) { word_ = Pack(descriptor, word_); }

 private:
  std::atomic<Word>& entry_;
  Word word_ = 0;
  bool busy_ = false;
};

DescriptorTable::DescriptorTable() : entries_(MapEntries()) {
  rlimit limits{};
  ::getrlimit(RLIMIT_NOFILE, &limits);
  const rlim_t wanted = std::min<rlim_t>(limits.rlim_max, kCapacity);
  const rlim_t found = limits.rlim_cur;
  if (found != wanted) {
    limits.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limits);
  }
  max_limit_ = static_cast<int>(wanted) - RuntimeShare(wanted);
  SetLimits(static_cast<int>(std::min<rlim_t>(found, max_limit_)), max_limit_);
  placeholder_ = OwnedFd(MoveHigh(::open("/", O_PATH | O_CLOEXEC)));
}

DescriptorTable::~DescriptorTable() {
  ::munmap(entries_, kCapacity * sizeof(*entries_));
}

// A number under replacement is the old file until the kernel says otherwise;
// wait for the moment that takes, so that nobody sees a stale kind or closes
// what is just being duplicated.
DescriptorTable::Word DescriptorTable::WaitFor(int fd) const {
  Word word;
  do {
    ::sched_yield();
    word = entries_[fd].load(std::memory_order_seq_cst);
  } while ((word & kBusy) != 0);
  return word;
}

SysStatus DescriptorTable::CheckRoom() const {
  // The kernel gives out the lowest number: the first time that none is free,
  // the highest is in use.
  if (high_water_.load(std::memory_order_acquire) < limit()) return Done{};
  const OwnedFd probe(DuplicateFrom(placeholder_.get(), 0, true));
  if (!probe.valid()) return Errno::Last();
  if (probe.get() >= limit()) return Errno{EMFILE};
  return Done{};
}

void DescriptorTable::AdoptInherited(int host_fd, Descriptor descriptor) {
  if (InRange(host_fd) && ::fcntl(host_fd, F_GETFD) >= 0) {
    Publish(host_fd, descriptor);
  }
}

SysResult<Descriptor> DescriptorTable::Find(GuestFd fd) const {
  SLIPWAY_TRY(const Word word, Owned(fd));
  return Unpack(word);
}

// The claim comes first: who closes the number after we have seen it owned sees
// the claim.
SysResult<Descriptor> DescriptorTable::Claim(GuestFd fd) const {
  if (!InRange(fd.number)) return Errno{EBADF};
  DescriptorClaims::Add(fd.number, shared_.load(std::memory_order_relaxed));
  return Find(fd);
}

SysResult<int> DescriptorTable::Host(GuestFd fd) const {
  SLIPWAY_CHECK_OK(Claim(fd));
  return fd.number;
}

SysResult<int> DescriptorTable::Socket(GuestFd fd) const {
  SLIPWAY_TRY(const Descriptor descriptor, Claim(fd));
  if (descriptor.kind != FdKind::kSocket &&
      descriptor.kind != FdKind::kInherited) {
    return Errno{ENOTSOCK};
  }
  return fd.number;
}

SysResult<PinnedFd> DescriptorTable::Pin(GuestFd fd) const {
  while (true) {
    SLIPWAY_TRY(const Word before, Owned(fd));
    OwnedFd path = OpenPathOf(fd.number);
    const Errno error = Errno::Last();
    const int status = ::fcntl(fd.number, F_GETFL);
    SLIPWAY_TRY(const Word after, Owned(fd));
    if (before != after) continue;
    if (!path.valid()) return error;
    return PinnedFd{OwnedFd(MoveHigh(path.Release())), Unpack(before), status};
  }
}

SysResult<PinnedFd> DescriptorTable::PinDirectory(GuestFd fd) const {
  while (true) {
    SLIPWAY_TRY(const Word before, Owned(fd));
    PinnedFd pinned{OwnedFd(), Unpack(before)};
    if (pinned.descriptor.kind == FdKind::kVirtualDirectory) return pinned;
    if (!pinned.descriptor.may_be_directory()) return Errno{ENOTDIR};
    const bool certain = pinned.descriptor.kind == FdKind::kDirectory;
    pinned.fd =
        OwnedFd(certain ? DuplicateFrom(fd.number, max_limit_, true)
                        : MoveHigh(::openat(fd.number, ".", kPathDirectory)));
    const Errno error = Errno::Last();
    SLIPWAY_TRY(Word after, Owned(fd));
    if (before != after) continue;
    if (!pinned.fd.valid()) return error;
    pinned.descriptor.kind = FdKind::kDirectory;
    // Unless it changes just now: then it is found out again.
    entries_[fd.number].compare_exchange_strong(
        after, Repack(pinned.descriptor, after), std::memory_order_relaxed);
    return pinned;
  }
}

bool DescriptorTable::RetireIfClaimed(int fd) {
  if (!DescriptorClaims::IsClaimedByOther(fd)) return false;
  std::lock_guard lock(mutex_);
  ReleaseRetiredLocked();
  if (::dup3(placeholder_.get(), fd, O_CLOEXEC) < 0) return false;
  retired_.push_back(fd);
  entries_[fd].fetch_or(kRetired, std::memory_order_seq_cst);
  return true;
}

// A claim that ends just now may be missed; the next look finds it.
void DescriptorTable::ReleaseRetired() {
  std::lock_guard lock(mutex_);
  ReleaseRetiredLocked();
}

void DescriptorTable::ReleaseRetiredLocked() {
  for (size_t i = 0; i < retired_.size();) {
    const int fd = retired_[i];
    if (DescriptorClaims::IsClaimedByOther(fd)) {
      ++i;
      continue;
    }
    retired_[i] = retired_.back();
    retired_.pop_back();
    entries_[fd].fetch_and(~kRetired, std::memory_order_relaxed);
    ::close(fd);
  }
}

// Whoever still claims the number meets another file of the guest's, as when it
// is closed and opened again on Linux.
SysResult<int64_t> DescriptorTable::Revive(int from, int target, bool cloexec) {
  const BusyEntry source(*this, from);
  if (!source.owned()) return Errno{EBADF};
  if (::dup3(from, target, cloexec ? O_CLOEXEC : 0) < 0) return Errno::Last();
  retired_.erase(std::find(retired_.begin(), retired_.end(), target));
  Publish(target, source.descriptor());  // which ends kRetired
  return target;
}

void DescriptorTable::AfterForkInChild() {
  DescriptorClaims::ForgetOthers();
  if (!shared_.exchange(false)) return;
  for (int fd : retired_) {
    entries_[fd].fetch_and(~kRetired, std::memory_order_relaxed);
  }
  retired_.clear();
  int next = 0;
  const auto close_up_to = [&next](int end) {
    if (next < end) {
      ::close_range(static_cast<unsigned>(next), static_cast<unsigned>(end - 1),
                    0);
    }
    next = end + 1;
  };
  ForEach([&](int fd, Descriptor) { close_up_to(fd); });
  close_up_to(max_limit_);
}

SysStatus DescriptorTable::CloseRange(uint32_t first, uint32_t last,
                                      uint32_t flags) {
  if (first > last || (flags & ~(kCloseRangeUnshare | kCloseRangeCloexec))) {
    return Errno{EINVAL};
  }
  // Nothing to unshare: no two guest processes share a table.
  const bool cloexec = (flags & kCloseRangeCloexec) != 0;
  const uint32_t end = high_water_.load(std::memory_order_acquire);
  for (uint32_t fd = first; fd <= last && fd < end; ++fd) {
    const GuestFd guest{static_cast<int>(fd)};
    if (!Find(guest).ok()) continue;
    if (cloexec) {
      if (!Claim(guest).ok()) continue;
      ::fcntl(guest.number, F_SETFD, FD_CLOEXEC);
    } else {
      (void)Close(guest).ok();
    }
  }
  return Done{};
}

SysResult<int64_t> DescriptorTable::Duplicate(GuestFd fd, int64_t minimum,
                                              bool cloexec) {
  SLIPWAY_CHECK_OK(Owned(fd));
  if (minimum < 0 || minimum >= limit()) return Errno{EINVAL};
  if (auto copy = DuplicateBelow(fd.number, static_cast<int>(minimum), cloexec))
    return *copy;
  std::lock_guard lock(mutex_);
  const BusyEntry source(*this, fd.number);
  if (!source.owned()) return Errno{EBADF};
  const int first = static_cast<int>(minimum);
  // A copy beyond the limit could not be closed without dropping locks.
  OwnedFd probe(DuplicateFrom(placeholder_.get(), first, true));
  if (!probe.valid()) return Errno::Last();
  if (probe.get() >= limit()) return Errno{EMFILE};
  if (::dup3(fd.number, probe.get(), cloexec ? O_CLOEXEC : 0) < 0) {
    return Errno::Last();
  }
  const int copy = probe.Release();
  Publish(copy, source.descriptor());
  if (!is_shared()) FindFree();
  return copy;
}

// Alone, so the number's owner and what is free stay as they are.
std::optional<SysResult<int64_t>> DescriptorTable::DuplicateBelow(
    int fd, int minimum, bool cloexec) {
  const bool known = known_free_ >= high_water_.load(std::memory_order_relaxed);
  if (is_shared() || !known || known_free_ >= limit() ||
      minimum > known_free_) {
    return std::nullopt;
  }
  const int64_t copy =
      minimum == 0 && !cloexec
          ? RawSyscall(SYS_dup, fd)
          : RawSyscall(SYS_fcntl, fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD,
                       minimum);
  if (copy < 0) return FromKernel(copy);
  Publish(static_cast<int>(copy), Unpack(Load(fd)));
  return FromKernel(copy);
}

void DescriptorTable::FindFree() {
  const int from = high_water_.load(std::memory_order_relaxed) + kFreeAhead;
  const OwnedFd probe(DuplicateFrom(placeholder_.get(), from, true));
  known_free_ = probe.get();
}

SysResult<int64_t> DescriptorTable::DuplicateTo(GuestFd fd, GuestFd target,
                                                bool cloexec) {
  if (target.number < 0 || target.number >= limit()) return Errno{EBADF};
  // Free or owned may change between our look and the attempt; a number that
  // the runtime uses for a moment comes back soon, one that a slow open holds
  // is EBUSY.
  constexpr int kAttempts = 1000;
  for (int i = 0; i < kAttempts; ++i) {
    SLIPWAY_CHECK_OK(Owned(fd));
    std::unique_lock lock(mutex_);
    if (entries_[target.number].load(std::memory_order_relaxed) & kRetired) {
      return Revive(fd.number, target.number, cloexec);
    }
    const bool owned = Find(target).ok();
    auto result = owned ? ReplaceOwned(fd.number, target.number, cloexec)
                        : ClaimFree(fd.number, target.number, cloexec);
    if (result) return *result;
    lock.unlock();
    ::sched_yield();
  }
  return Errno{EBUSY};
}

std::optional<SysResult<int64_t>> DescriptorTable::ReplaceOwned(int from,
                                                                int target,
                                                                bool cloexec) {
  const BusyEntry source(*this, from);
  if (!source.owned()) return SysResult<int64_t>(Errno{EBADF});
  BusyEntry replaced(*this, target);
  if (!replaced.owned()) return std::nullopt;
  if (::dup3(from, target, cloexec ? O_CLOEXEC : 0) < 0) {
    return SysResult<int64_t>(Errno::Last());
  }
  replaced.Replace(source.descriptor());
  return SysResult<int64_t>(target);
}

// The placeholder takes the number from the kernel, if nobody else has it.
std::optional<SysResult<int64_t>> DescriptorTable::ClaimFree(int from,
                                                             int target,
                                                             bool cloexec) {
  const BusyEntry source(*this, from);
  if (!source.owned()) return SysResult<int64_t>(Errno{EBADF});
  OwnedFd claim(DuplicateFrom(placeholder_.get(), target, true));
  if (!claim.valid()) return SysResult<int64_t>(Errno::Last());
  if (claim.get() != target) return std::nullopt;
  if (::dup3(from, target, cloexec ? O_CLOEXEC : 0) < 0) {
    return SysResult<int64_t>(Errno::Last());
  }
  Publish(claim.Release(), source.descriptor());
  return SysResult<int64_t>(target);
}

int DescriptorTable::MoveHigh(int host_fd) const {
  if (host_fd < 0 || host_fd >= max_limit_) return host_fd;
  const int high = ::fcntl(host_fd, F_DUPFD_CLOEXEC, max_limit_);
  if (high < 0) return host_fd;
  ::close(host_fd);
  return high;
}

}  // namespace slipway::host
