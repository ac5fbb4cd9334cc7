#include "runtime/host/poll_set.h"

#include <algorithm>
#include <climits>
#include <cstddef>

namespace slipway::host {
namespace {

// Above every possible fs.nr_open, so never an open descriptor.
constexpr int kNeverOpen = INT_MAX;
constexpr int kWordBits = 64;

SysStatus CheckOwned(const DescriptorTable& files, const FdSets::Bits& bits) {
  for (size_t word = 0; word < bits.size(); ++word) {
    for (uint64_t rest = bits[word]; rest != 0; rest &= rest - 1) {
      const int fd = static_cast<int>(word) * kWordBits + __builtin_ctzll(rest);
      SLIPWAY_CHECK_OK(files.Find({fd}));  // as in PollSet::Load
    }
  }
  return Done{};
}

}  // namespace

SysStatus PollSet::Load(const GuestMemory& memory, const DescriptorTable& files,
                        GuestPtr at, uint64_t count) {
  if (count > static_cast<uint64_t>(files.limit())) return Errno{EINVAL};
  entries_.resize(count);
  SLIPWAY_CHECK_OK(memory.CopyIn(entries_.data(), at, count * sizeof(pollfd)));
  for (pollfd& entry : entries_) {
    // A negative descriptor is a way to say "ignore this entry".
    // No claim: the kernel tells of a descriptor whether it is ready, and that
    // may be known of one that the runtime has for a moment.
    if (entry.fd >= 0 && !files.Find({entry.fd}).ok()) entry.fd = kNeverOpen;
  }
  return Done{};
}

SysStatus PollSet::StoreEvents(const GuestMemory& memory, GuestPtr at) const {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const GuestPtr field =
        at + (i * sizeof(pollfd) + offsetof(pollfd, revents));
    SLIPWAY_CHECK_OK(memory.Store(field, entries_[i].revents));
  }
  return Done{};
}

SysResult<FdSets> FdSets::Load(const GuestMemory& memory,
                               const DescriptorTable& files, int32_t count,
                               const Pointers& pointers) {
  if (count < 0) return Errno{EINVAL};
  const int32_t used = std::min(count, files.limit());
  const size_t words = (used + kWordBits - 1) / kWordBits;
  FdSets sets;
  sets.pointers_ = pointers;
  sets.count_ = used;
  for (size_t i = 0; i < pointers.size(); ++i) {
    if (pointers[i].is_null()) continue;
    Bits& bits = sets.bits_[i];
    bits.resize(words);
    SLIPWAY_CHECK_OK(
        memory.CopyIn(bits.data(), pointers[i], words * sizeof(uint64_t)));
    // Bits from count on mean nothing.
    if (used % kWordBits != 0) bits.back() &= (1ull << used % kWordBits) - 1;
    SLIPWAY_CHECK_OK(CheckOwned(files, bits));
  }
  return sets;
}

SysStatus FdSets::Store(const GuestMemory& memory) const {
  for (size_t i = 0; i < pointers_.size(); ++i) {
    if (pointers_[i].is_null()) continue;
    SLIPWAY_CHECK_OK(memory.CopyOut(pointers_[i], bits_[i].data(),
                                    bits_[i].size() * sizeof(uint64_t)));
  }
  return Done{};
}

}  // namespace slipway::host
