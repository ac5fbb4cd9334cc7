// The pids of the guest's process tree, known to all of its processes through a
// shared mapping: a guest may signal these and no others.
//
// Lock-free: a fixed hash table without chains. A pid is added by fork (on both
// sides, whoever is first) and removed by the parent that reaps it. Nobody
// tells when somebody else reaps an orphan, so a member is looked at before it
// is believed: pids are given again, but what has one then started later than
// it was added here.

#ifndef SLIPWAY_RUNTIME_HOST_PID_REGISTRY_H_
#define SLIPWAY_RUNTIME_HOST_PID_REGISTRY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace slipway::host {

class PidRegistry {
 public:
  static constexpr uint32_t kCapacity = 1 << 15;
  static constexpr size_t kBytes =
      2 * kCapacity * sizeof(std::atomic<uint64_t>);

  // Maps the set; the processes forked from now on share it, and so does who
  // maps `fd` (a memfd of kBytes), if there is one. Check valid().
  explicit PidRegistry(int fd = -1);
  ~PidRegistry();
  PidRegistry(const PidRegistry&) = delete;
  PidRegistry& operator=(const PidRegistry&) = delete;

  bool valid() const { return slots_ != nullptr; }
  // Adds a process that exists. False when there is no room for it. Adding
  // twice is adding once. `memory_base`: where it has its linear memory, for
  // MemoryBase.
  bool Add(int pid, uint64_t memory_base = 0);
  void Remove(int pid);
  // Whether the process that was added is still there: running, or not reaped.
  // Costs a system call for a child of the caller's, else the reading of a
  // file.
  bool Contains(int pid);
  // As it was added; 0 for a process that is not a member.
  uint64_t MemoryBase(int pid) const;
  // Calls `visit` for each that Contains; concurrent changes may be missed.
  void ForEach(const std::function<void(int pid)>& visit);

 private:
  // A pid in the low 24 bits, above it when it was added: clock ticks since the
  // machine started. 0 when free.
  using Slot = std::atomic<uint64_t>;

  // Null when it is not there.
  Slot* Find(int pid) const;
  // The word beside a slot.
  Slot& BaseOf(const Slot* slot) const {
    return slots_[kCapacity + (slot - slots_)];
  }
  // Frees the slot unless the process that was added is still there.
  static bool Verify(Slot& slot);

  Slot* slots_ = nullptr;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PID_REGISTRY_H_
