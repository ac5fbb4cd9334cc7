#include "runtime/host/staged_mapping.h"

#include <sys/mman.h>
#include <sys/shm.h>

namespace slipway::host {

StagedMapping::~StagedMapping() {
  if (at_ != nullptr) ::munmap(at_, length_);
}

SysStatus StagedMapping::Set(void* at, uint64_t length) {
  if (at == MAP_FAILED) return Errno::Last();
  at_ = at;
  length_ = length;
  return Done{};
}

SysStatus StagedMapping::Map(uint64_t length, int protection, int flags, int fd,
                             int64_t offset) {
  return Set(::mmap(nullptr, length, protection, flags, fd, offset), length);
}

// While it is attached, the segment cannot go away and its size is certain,
// whatever other processes do with the id.
SysStatus StagedMapping::Attach(int segment, int flags) {
  constexpr uint64_t kPageMask = 4095;
  void* const at = ::shmat(segment, nullptr, flags);
  if (at == reinterpret_cast<void*>(-1)) return Errno::Last();
  shmid_ds status;
  if (::shmctl(segment, IPC_STAT, &status) != 0) {
    const Errno error = Errno::Last();
    ::shmdt(at);
    return error;
  }
  return Set(at, (status.shm_segsz + kPageMask) & ~kPageMask);
}

SysStatus StagedMapping::TakePages(void* from, uint64_t length) {
  return Set(::mremap(from, length, length, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
                      nullptr),
             length);
}

SysStatus StagedMapping::Duplicate(void* from, uint64_t length) {
  return Set(::mremap(from, 0, length, MREMAP_MAYMOVE), length);
}

SysStatus StagedMapping::Grow(uint64_t length) {
  return Set(::mremap(at_, length_, length, MREMAP_MAYMOVE), length);
}

SysStatus StagedMapping::MoveTo(void* to) {
  if (::mremap(at_, length_, length_, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
      MAP_FAILED) {
    return Errno::Last();
  }
  at_ = nullptr;
  return Done{};
}

}  // namespace slipway::host
