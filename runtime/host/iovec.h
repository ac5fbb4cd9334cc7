// A guest's array of struct iovec, copied in once and translated, for the
// kernel to read or write guest memory with.
//
//   SLIPWAY_TRY(IoVector data, IoVector::Load(memory, iov, count));
//   InterruptibleSyscall(SYS_readv, fd, data.data(), data.size());

#ifndef SLIPWAY_RUNTIME_HOST_IOVEC_H_
#define SLIPWAY_RUNTIME_HOST_IOVEC_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

class IoVector {
 public:
  // EINVAL for more than 1024 (IOV_MAX) entries or a negative length; EFAULT
  // when the array cannot be read or a buffer leaves the reservation.
  static SysResult<IoVector> Load(const GuestMemory& memory, GuestPtr at,
                                  uint64_t count);

  iovec* data() { return entries_.data(); }
  size_t size() const { return entries_.size(); }

 private:
  absl::InlinedVector<iovec, 8> entries_;  // without malloc, as a rule
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_IOVEC_H_
