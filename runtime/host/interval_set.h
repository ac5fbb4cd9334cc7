// A set of disjoint half-open ranges of numbers, adjacent ones merged: which
// parts of the guest's address space are in use. Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_INTERVAL_SET_H_
#define SLIPWAY_RUNTIME_HOST_INTERVAL_SET_H_

#include <cstdint>
#include <map>
#include <optional>

namespace slipway::host {

class IntervalSet {
 public:
  // Preconditions of all: begin < end.
  void Add(uint64_t begin, uint64_t end);
  void Remove(uint64_t begin, uint64_t end);
  // Whether all, or any, of [begin, end) is in the set.
  bool Covers(uint64_t begin, uint64_t end) const;
  bool Intersects(uint64_t begin, uint64_t end) const;

  // The highest start of a gap of `size` within [floor, ceiling), if any.
  std::optional<uint64_t> FindGapBelow(uint64_t ceiling, uint64_t floor,
                                       uint64_t size) const;

  // begin → end, ascending.
  const std::map<uint64_t, uint64_t>& ranges() const { return ranges_; }

 private:
  std::map<uint64_t, uint64_t> ranges_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_INTERVAL_SET_H_
