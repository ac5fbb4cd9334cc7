#include "runtime/host/pid_registry.h"

#include <sys/mman.h>

namespace slipway::host {

namespace {

constexpr int32_t kFree = 0;
constexpr int32_t kRemoved = -1;

uint32_t Slot(int pid, uint32_t probe) {
  return (static_cast<uint32_t>(pid) * 2654435761u + probe) %
         PidRegistry::kCapacity;
}

}  // namespace

PidRegistry::PidRegistry(int fd) {
  void* const map = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  if (map != MAP_FAILED) slots_ = static_cast<std::atomic<int32_t>*>(map);
}

PidRegistry::~PidRegistry() {
  if (slots_ != nullptr) munmap(slots_, kBytes);
}

bool PidRegistry::Add(int pid) {
  if (Contains(pid)) return true;
  for (uint32_t probe = 0; probe < kCapacity; ++probe) {
    std::atomic<int32_t>& slot = slots_[Slot(pid, probe)];
    int32_t seen = slot.load();
    if (seen == pid) return true;
    if (seen != kFree && seen != kRemoved) continue;
    if (slot.compare_exchange_strong(seen, pid) || seen == pid) return true;
  }
  return false;
}

// The other side of a fork may have added it as well, in another slot.
void PidRegistry::Remove(int pid) {
  for (uint32_t probe = 0; probe < kCapacity; ++probe) {
    std::atomic<int32_t>& slot = slots_[Slot(pid, probe)];
    int32_t seen = slot.load();
    if (seen == kFree) return;
    if (seen == pid) slot.compare_exchange_strong(seen, kRemoved);
  }
}

bool PidRegistry::Contains(int pid) const {
  if (pid <= 0) return false;
  for (uint32_t probe = 0; probe < kCapacity; ++probe) {
    const int32_t seen = slots_[Slot(pid, probe)].load();
    if (seen == pid) return true;
    if (seen == kFree) return false;
  }
  return false;
}

void PidRegistry::ForEach(const std::function<void(int pid)>& visit) const {
  for (uint32_t i = 0; i < kCapacity; ++i) {
    const int32_t pid = slots_[i].load();
    if (pid > 0) visit(pid);
  }
}

}  // namespace slipway::host
