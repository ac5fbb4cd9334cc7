// Which descriptor numbers each thread is about to use, or is using, in a call
// of the kernel. A number that is claimed keeps its meaning or loses it, but
// never comes to mean a descriptor of the runtime's (descriptor_table.h).
//
// A claim is a store to memory of the thread's own; whoever wants to know who
// claims a number looks at all threads. Claims are made before the number is
// looked up and end with the call that the thread handles.
//
// Thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_DESCRIPTOR_CLAIMS_H_
#define SLIPWAY_RUNTIME_HOST_DESCRIPTOR_CLAIMS_H_

#include <atomic>
#include <mutex>

namespace slipway::host {

class DescriptorClaims {
 public:
  // The calling thread claims the number. `shared`: other threads may look; the
  // claim is visible to them before anything the caller reads afterwards.
  static void Add(int fd, bool shared);
  // The calling thread claims nothing any more. Calls visit(number) for what it
  // did claim: the numbers of a call that claimed too many are not told.
  template <typename Visitor>
  static void Clear(Visitor visit);
  // Whether a thread other than the caller claims it.
  static bool IsClaimedByOther(int fd);
  // For fork: a leaf.
  static std::mutex& mutex();
  // In the child, where the other threads do not exist. Precondition: mutex()
  // is held.
  static void ForgetOthers();

 private:
  static constexpr int kSlots = 4;
  static constexpr int kNone = -1;
  struct OfThread;
  struct Registration;

  static OfThread& Mine();
  static thread_local OfThread mine_;
};

struct DescriptorClaims::OfThread {
  std::atomic<int> fds[kSlots] = {kNone, kNone, kNone, kNone};
  // More numbers than slots: every number counts as claimed.
  std::atomic<bool> all = false;
  int count = 0;  // used slots; the owner's
  bool registered = false;
};

inline constinit thread_local DescriptorClaims::OfThread
    DescriptorClaims::mine_;
inline DescriptorClaims::OfThread& DescriptorClaims::Mine() { return mine_; }

template <typename Visitor>
inline void DescriptorClaims::Clear(Visitor visit) {
  OfThread& mine = Mine();
  if (mine.count == 0) return;
  const int count = mine.count;
  mine.count = 0;
  mine.all.store(false, std::memory_order_release);
  for (int i = 0; i < count; ++i) {
    const int fd = mine.fds[i].load(std::memory_order_relaxed);
    mine.fds[i].store(kNone, std::memory_order_release);
    visit(fd);
  }
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_DESCRIPTOR_CLAIMS_H_
