#include "runtime/host/interval_set.h"

#include <algorithm>
#include <iterator>

namespace slipway::host {

void IntervalSet::Add(uint64_t begin, uint64_t end) {
  auto it = ranges_.upper_bound(begin);
  if (it != ranges_.begin() && std::prev(it)->second >= begin) --it;
  while (it != ranges_.end() && it->first <= end) {
    begin = std::min(begin, it->first);
    end = std::max(end, it->second);
    it = ranges_.erase(it);
  }
  ranges_.emplace(begin, end);
}

void IntervalSet::Remove(uint64_t begin, uint64_t end) {
  auto it = ranges_.upper_bound(begin);
  if (it != ranges_.begin()) --it;
  while (it != ranges_.end() && it->first < end) {
    const auto [first, last] = *it;
    if (last <= begin) {
      ++it;
      continue;
    }
    it = ranges_.erase(it);
    if (first < begin) ranges_.emplace(first, begin);
    if (last > end) ranges_.emplace(end, last);
  }
}

bool IntervalSet::Covers(uint64_t begin, uint64_t end) const {
  auto it = ranges_.upper_bound(begin);
  return it != ranges_.begin() && std::prev(it)->second >= end;
}

bool IntervalSet::Intersects(uint64_t begin, uint64_t end) const {
  auto it = ranges_.lower_bound(end);
  return it != ranges_.begin() && std::prev(it)->second > begin;
}

std::optional<uint64_t> IntervalSet::FindGapBelow(uint64_t ceiling,
                                                  uint64_t floor,
                                                  uint64_t size) const {
  auto it = ranges_.lower_bound(ceiling);
  while (true) {
    const bool first = it == ranges_.begin();
    const uint64_t gap_begin =
        first ? floor : std::max(floor, std::prev(it)->second);
    if (ceiling >= gap_begin && ceiling - gap_begin >= size) {
      return ceiling - size;
    }
    if (first) return std::nullopt;
    --it;
    if (it->first < floor) return std::nullopt;
    ceiling = std::min(ceiling, it->first);
  }
}

}  // namespace slipway::host
