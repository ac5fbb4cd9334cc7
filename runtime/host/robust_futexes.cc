// The list of robust futexes that a thread leaves behind when it ends. The
// kernel walks such lists itself, but this one holds guest addresses.
// Layout and rules: Documentation/locking/robust-futexes.rst of Linux, and
// get_robust_list(2).

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/guarded_exchange.h"
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

void Release(const Thread& thread, uint64_t address) {
  const GuestMemory& memory = thread.process->memory;
  if (address % sizeof(uint32_t) != 0) return;
  const SysResult<void*> word = memory.ForKernel({address}, sizeof(uint32_t));
  SysResult<uint32_t> loaded = memory.Load<uint32_t>({address});
  if (!word.ok() || !loaded.ok()) return;
  uint32_t seen = *loaded;
  while ((seen & FUTEX_TID_MASK) == static_cast<uint32_t>(thread.tid)) {
    const uint32_t died = (seen & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    const auto previous = GuardedCompareExchange(*word, seen, died);
    if (!previous) return;
    if (*previous == seen) {
      if ((seen & FUTEX_WAITERS) != 0) {
        syscall(SYS_futex, *word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
      }
      return;
    }
    seen = *previous;
  }
}

}  // namespace

void ReleaseRobustFutexes(const Thread& thread) {
  if (thread.robust_list.is_null()) return;
  const GuestMemory& memory = thread.process->memory;
  const SysResult<ListHead> head = memory.Load<ListHead>(thread.robust_list);
  if (!head.ok()) return;
  uint64_t link = head->first & ~kLinkFlag;
  for (int i = 0; i < kMaxEntries && link != thread.robust_list.address; ++i) {
    const SysResult<uint64_t> next = memory.Load<uint64_t>({link});
    if (!next.ok()) return;
    if (link != head->pending) Release(thread, link + head->futex_offset);
    link = *next & ~kLinkFlag;
  }
  if (head->pending != 0) Release(thread, head->pending + head->futex_offset);
}

}  // namespace slipway::host
