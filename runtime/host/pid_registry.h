// The pids of the guest's process tree, known to all of its processes through a
// shared mapping: a guest may signal these and no others.
//
// Lock-free: a fixed open-addressed set of pids. A pid is added by fork (on
// both sides, whoever is first) and removed by the parent that reaps it.
// Guarantee: Contains(pid) is true from fork's return until the pid is reaped.
// An orphan that is reaped by somebody else stays in the set, so a recycled
// pid may be taken for a member: a process of the same user, never more than
// what kill(2) itself allows.

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
  static constexpr size_t kBytes = kCapacity * sizeof(std::atomic<int32_t>);

  // Maps the set; the processes forked from now on share it, and so does who
  // maps `fd` (a memfd of kBytes), if there is one. Check valid().
  explicit PidRegistry(int fd = -1);
  ~PidRegistry();
  PidRegistry(const PidRegistry&) = delete;
  PidRegistry& operator=(const PidRegistry&) = delete;

  bool valid() const { return slots_ != nullptr; }
  // False when the set is full. Adding twice is adding once.
  bool Add(int pid);
  void Remove(int pid);
  bool Contains(int pid) const;
  // Calls `visit` for each member; concurrent changes may be missed.
  void ForEach(const std::function<void(int pid)>& visit) const;

 private:
  // 0 is free, -1 was used (a probe goes on), else a pid.
  std::atomic<int32_t>* slots_ = nullptr;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PID_REGISTRY_H_
