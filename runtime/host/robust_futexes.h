// The robust futexes of a thread that is about to execute another program. They
// are released before the kernel's execve, as nothing can be done after it, and
// taken back when it fails, unless somebody else has them by then.

#ifndef SLIPWAY_RUNTIME_HOST_ROBUST_FUTEXES_H_
#define SLIPWAY_RUNTIME_HOST_ROBUST_FUTEXES_H_

#include <cstdint>
#include <vector>

namespace slipway::host {

struct Thread;

class ReleasedFutexes {
 public:
  struct Word {
    void* at;  // in guest memory
    uint32_t owned, released;
  };

  // As ReleaseRobustFutexes (thread.h).
  explicit ReleasedFutexes(const Thread& thread);
  void TakeBack() const;

 private:
  std::vector<Word> words_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_ROBUST_FUTEXES_H_
