#include "runtime/host/pid_registry.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace slipway::host {

namespace {

// A pid is in one of so many slots: those of four cache lines.
constexpr uint32_t kProbes = 64;
constexpr int kStartField = 22;  // starttime, of /proc/PID/stat
constexpr int kPidBits = 24;     // Linux has 22 at most

uint32_t Index(int pid, uint32_t probe) {
  return (static_cast<uint32_t>(pid) * 2654435761u + probe) %
         PidRegistry::kCapacity;
}

int PidOf(uint64_t word) {
  return static_cast<int>(word & ((uint64_t{1} << kPidBits) - 1));
}

// Clock ticks since the machine started, as in /proc/PID/stat.
uint64_t Now() {
  constexpr uint64_t kTicks = 100;  // USER_HZ
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * kTicks +
         static_cast<uint64_t>(now.tv_nsec) / (1000000000 / kTicks);
}

// What follows the name in /proc/PID/stat; "" when there is no such process.
std::string_view ReadStat(int pid, char* buffer, size_t size) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  const ssize_t got = ::read(fd, buffer, size);
  ::close(fd);
  if (got <= 0) return "";
  const std::string_view text(buffer, static_cast<size_t>(got));
  const size_t name_end = text.rfind(") ");
  return name_end == text.npos ? "" : text.substr(name_end + 2);
}

std::optional<uint64_t> StartOf(int pid) {
  char buffer[1024];
  std::string_view rest = ReadStat(pid, buffer, sizeof(buffer));
  for (int field = 3; field < kStartField; ++field) {
    const size_t space = rest.find(' ');
    if (space == rest.npos) return std::nullopt;
    rest.remove_prefix(space + 1);
  }
  uint64_t ticks = 0;
  const auto parsed =
      std::from_chars(rest.data(), rest.data() + rest.size(), ticks);
  if (parsed.ec != std::errc()) return std::nullopt;
  return ticks;
}

// Nobody else gets the number of a child before its parent has reaped it.
bool IsOwnChild(int pid) {
  siginfo_t info;
  return ::waitid(P_PID, static_cast<id_t>(pid), &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0;
}

}  // namespace

PidRegistry::PidRegistry(int fd) {
  void* const map = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  if (map != MAP_FAILED) slots_ = static_cast<Slot*>(map);
}

PidRegistry::~PidRegistry() {
  if (slots_ != nullptr) munmap(slots_, kBytes);
}

PidRegistry::Slot* PidRegistry::Find(int pid) const {
  if (pid <= 0) return nullptr;
  for (uint32_t probe = 0; probe < kProbes; ++probe) {
    Slot& slot = slots_[Index(pid, probe)];
    if (PidOf(slot.load()) == pid) return &slot;
  }
  return nullptr;
}

// The second round is after those that are gone have been removed.
bool PidRegistry::Add(int pid, uint64_t memory_base) {
  const uint64_t word = Now() << kPidBits | static_cast<uint64_t>(pid);
  for (int round = 0; round < 2; ++round) {
    if (Slot* const found = Find(pid); found != nullptr) {
      uint64_t seen = found->load();
      if (PidOf(seen) == pid && found->compare_exchange_strong(seen, word)) {
        BaseOf(found).store(memory_base);
        return true;
      }
    }
    for (uint32_t probe = 0; probe < kProbes; ++probe) {
      uint64_t seen = 0;
      Slot& slot = slots_[Index(pid, probe)];
      if (slot.load() != 0) continue;
      if (slot.compare_exchange_strong(seen, word) || PidOf(seen) == pid) {
        BaseOf(&slot).store(memory_base);
        return true;
      }
    }
    for (uint32_t probe = 0; probe < kProbes; ++probe) {
      Verify(slots_[Index(pid, probe)]);
    }
  }
  return false;
}

// The other side of a fork may have added it as well, in another slot.
void PidRegistry::Remove(int pid) {
  for (Slot* slot; (slot = Find(pid)) != nullptr;) {
    uint64_t seen = slot->load();
    if (PidOf(seen) == pid) slot->compare_exchange_strong(seen, 0);
  }
}

bool PidRegistry::Verify(Slot& slot) {
  uint64_t seen = slot.load();
  const int pid = PidOf(seen);
  if (pid == 0) return false;
  if (pid == ::getpid() || IsOwnChild(pid)) return true;
  const std::optional<uint64_t> start = StartOf(pid);
  if (start && *start <= seen >> kPidBits) return true;
  slot.compare_exchange_strong(seen, 0);
  return false;
}

bool PidRegistry::Contains(int pid) {
  Slot* const slot = Find(pid);
  return slot != nullptr && Verify(*slot);
}

uint64_t PidRegistry::MemoryBase(int pid) const {
  const Slot* const slot = Find(pid);
  return slot == nullptr ? 0 : BaseOf(slot).load();
}

void PidRegistry::ForEach(const std::function<void(int pid)>& visit) {
  for (uint32_t i = 0; i < kCapacity; ++i) {
    const int pid = PidOf(slots_[i].load());
    if (pid > 0 && Verify(slots_[i])) visit(pid);
  }
}

}  // namespace slipway::host
