// The list of robust futexes that a thread leaves behind when it ends. The
// kernel walks such lists itself, but this one holds guest addresses.
// Layout and rules: Documentation/locking/robust-futexes.rst of Linux, and
// get_robust_list(2).

#include "runtime/host/robust_futexes.h"

#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/host/guarded_exchange.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/process.h"
#include "runtime/host/thread.h"

namespace slipway::host {

namespace {

// struct robust_list_head.
struct ListHead {
  uint64_t first;
  int64_t futex_offset;
  uint64_t pending;
};

// A list that the guest has made circular must end as well.
constexpr int kMaxEntries = 2048;
// Marks priority-inheritance futexes in the low bit of a link.
constexpr uint64_t kLinkFlag = 1;

// Marks the word if that thread owns it. Returns whether it did.
bool Release(const GuestMemory& memory, int owner, uint64_t address,
             std::vector<ReleasedFutexes::Word>* released) {
  if (address % sizeof(uint32_t) != 0) return false;
  const SysResult<void*> word = memory.ForKernel({address}, sizeof(uint32_t));
  SysResult<uint32_t> loaded = memory.Load<uint32_t>({address});
  if (!word.ok() || !loaded.ok()) return false;
  uint32_t seen = *loaded;
  while ((seen & FUTEX_TID_MASK) == static_cast<uint32_t>(owner)) {
    const uint32_t died = (seen & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    const auto previous = GuardedCompareExchange(*word, seen, died);
    if (!previous) return false;
    if (*previous == seen) {
      if (released != nullptr) released->push_back({*word, seen, died});
      if ((seen & FUTEX_WAITERS) != 0) {
        syscall(SYS_futex, *word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
      }
      return true;
    }
    seen = *previous;
  }
  return false;
}

// A process that has died but was not waited for is still there for kill(2).
// Only processes have a pidfd; other threads are gone as soon as they end.
bool HasEnded(int tid) {
  const OwnedFd fd(static_cast<int>(syscall(SYS_pidfd_open, tid, 0)));
  if (!fd.valid()) return errno == ESRCH;
  pollfd ended = {fd.get(), POLLIN, 0};
  return poll(&ended, 1, 0) == 1;
}

void ReleaseAll(const Thread& thread,
                std::vector<ReleasedFutexes::Word>* released) {
  if (thread.robust_list.is_null()) return;
  const GuestMemory& memory = thread.process->memory;
  const SysResult<ListHead> head = memory.Load<ListHead>(thread.robust_list);
  if (!head.ok()) return;
  uint64_t link = head->first & ~kLinkFlag;
  for (int i = 0; i < kMaxEntries && link != thread.robust_list.address; ++i) {
    const SysResult<uint64_t> next = memory.Load<uint64_t>({link});
    if (!next.ok()) return;
    if (link != head->pending) {
      Release(memory, thread.tid, link + head->futex_offset, released);
    }
    link = *next & ~kLinkFlag;
  }
  if (head->pending != 0) {
    Release(memory, thread.tid, head->pending + head->futex_offset, released);
  }
}

}  // namespace

void ReleaseRobustFutexes(const Thread& thread) { ReleaseAll(thread, nullptr); }

SysResult<bool> ReleaseRobustFutex(const GuestMemory& memory, GuestPtr word) {
  SLIPWAY_TRY(const uint32_t seen, memory.Load<uint32_t>(word));
  const int owner = static_cast<int>(seen & FUTEX_TID_MASK);
  if (owner == 0 || !HasEnded(owner)) return false;
  return Release(memory, owner, word.address, nullptr);
}

ReleasedFutexes::ReleasedFutexes(const Thread& thread) {
  ReleaseAll(thread, &words_);
}

void ReleasedFutexes::TakeBack() const {
  for (const Word& word : words_) {
    (void)GuardedCompareExchange(word.at, word.released, word.owned);
  }
}

}  // namespace slipway::host
