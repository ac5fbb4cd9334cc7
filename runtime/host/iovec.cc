#include "runtime/host/iovec.h"

namespace slipway::host {
namespace {

constexpr uint64_t kMaxEntries = 1024;  // UIO_MAXIOV

}  // namespace

SysResult<IoVector> IoVector::Load(const GuestMemory& memory, GuestPtr at,
                                   uint64_t count) {
  if (count > kMaxEntries) return Errno{EINVAL};
  IoVector vector;
  vector.entries_.resize(count);
  SLIPWAY_CHECK_OK(
      memory.CopyIn(vector.entries_.data(), at, count * sizeof(iovec)));
  for (iovec& entry : vector.entries_) {
    if (static_cast<int64_t>(entry.iov_len) < 0) return Errno{EINVAL};
    const GuestPtr start{reinterpret_cast<uint64_t>(entry.iov_base)};
    SLIPWAY_TRY(entry.iov_base, memory.ForKernel(start, entry.iov_len));
  }
  return vector;
}

}  // namespace slipway::host
