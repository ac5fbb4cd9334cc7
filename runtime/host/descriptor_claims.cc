#include "runtime/host/descriptor_claims.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace slipway::host {

// The threads that have ever claimed a number, while they live.
struct DescriptorClaims::Registration {
  explicit Registration(OfThread& mine) : mine_(mine) {
    std::lock_guard lock(mutex());
    threads().push_back(&mine_);
  }
  ~Registration() {
    std::lock_guard lock(mutex());
    auto& all = threads();
    all.erase(std::remove(all.begin(), all.end(), &mine_), all.end());
  }
  // Never destroyed: threads may end after main has returned.
  static std::vector<OfThread*>& threads() {
    static auto& list = *new std::vector<OfThread*>;
    return list;
  }

 private:
  OfThread& mine_;
};

std::mutex& DescriptorClaims::mutex() {
  static constinit std::mutex instance;
  return instance;
}

void DescriptorClaims::Add(int fd, bool shared) {
  OfThread& mine = Mine();
  if (!mine.registered) [[unlikely]] {
    static thread_local const Registration registration(mine);
    mine.registered = true;
  }
  const auto order =
      shared ? std::memory_order_seq_cst : std::memory_order_relaxed;
  if (mine.count == kSlots) {
    mine.all.store(true, order);
  } else {
    mine.fds[mine.count++].store(fd, order);
  }
}

void DescriptorClaims::ForgetOthers() {
  std::vector<OfThread*>& threads = Registration::threads();
  OfThread& mine = Mine();
  threads.clear();
  if (mine.registered) threads.push_back(&mine);
}

bool DescriptorClaims::IsClaimedByOther(int fd) {
  const OfThread* const mine = &Mine();
  std::lock_guard lock(mutex());
  for (const OfThread* thread : Registration::threads()) {
    if (thread == mine) continue;
    if (thread->all.load(std::memory_order_seq_cst)) return true;
    for (const std::atomic<int>& claimed : thread->fds) {
      if (claimed.load(std::memory_order_seq_cst) == fd) return true;
    }
  }
  return false;
}

}  // namespace slipway::host
