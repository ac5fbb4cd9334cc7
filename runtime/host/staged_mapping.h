// A mapping of the guest's on its way into the guest's memory: made outside of
// the reservation, where the kernel may refuse it without leaving a hole there,
// and then moved to its place.
//
//   StagedMapping staged;
//   SLIPWAY_CHECK_OK(staged.Map(length, PROT_READ, MAP_PRIVATE, fd, 0));
//   SLIPWAY_CHECK_OK(staged.MoveTo(memory.base() + at));
//
// What has not been moved is unmapped at the end. One call of the first four
// makes it; errors are the kernel's. Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_STAGED_MAPPING_H_
#define SLIPWAY_RUNTIME_HOST_STAGED_MAPPING_H_

#include <cstdint>

#include "runtime/host/sys_result.h"

namespace slipway::host {

class StagedMapping {
 public:
  StagedMapping() = default;
  ~StagedMapping();
  StagedMapping(const StagedMapping&) = delete;
  StagedMapping& operator=(const StagedMapping&) = delete;

  // mmap(2).
  SysStatus Map(uint64_t length, int protection, int flags, int fd,
                int64_t offset);
  // shmat(2) of a System V segment.
  SysStatus Attach(int segment, int flags);
  // Takes the pages of a mapping, which stays and is empty: a private one then
  // holds what is in its file, or zeroes. EFAULT when [from, from + length) is
  // more than one mapping for the kernel.
  SysStatus TakePages(void* from, uint64_t length);
  // Makes a second view of a shared mapping, perhaps longer.
  SysStatus Duplicate(void* from, uint64_t length);

  SysStatus Grow(uint64_t length);
  // Over whatever is mapped there; `to` may be unmapped after an error.
  SysStatus MoveTo(void* to);

  uint64_t length() const { return length_; }  // bytes, whole pages

 private:
  SysStatus Set(void* at, uint64_t length);

  void* at_ = nullptr;
  uint64_t length_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_STAGED_MAPPING_H_
