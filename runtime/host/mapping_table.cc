#include "runtime/host/mapping_table.h"

namespace slipway::host {

void MappingTable::Count(uint64_t begin, uint64_t end,
                         const MappingKind& kind) {
  bytes_ += end - begin;
  if (kind.is_data()) data_bytes_ += end - begin;
}

void MappingTable::Discount(uint64_t begin, uint64_t end,
                            const MappingKind& kind) {
  bytes_ -= end - begin;
  if (kind.is_data()) data_bytes_ -= end - begin;
}

MappingTable::Entries::iterator MappingTable::MutableFirstAfter(
    uint64_t address) {
  auto it = entries_.upper_bound(address);
  if (it != entries_.begin() && std::prev(it)->second.end > address) --it;
  return it;
}

void MappingTable::Unmap(uint64_t begin, uint64_t end) {
  auto it = MutableFirstAfter(begin);
  while (it != entries_.end() && it->first < end) {
    const uint64_t first = it->first;
    const Entry entry = it->second;
    Discount(std::max(first, begin), std::min(entry.end, end), entry.kind);
    if (first < begin) {
      it->second.end = begin;
      ++it;
    } else {
      it = entries_.erase(it);
    }
    if (entry.end > end) {
      entries_.emplace_hint(it, end, Entry{entry.end, entry.kind});
      return;
    }
  }
}

void MappingTable::Map(uint64_t begin, uint64_t end, const MappingKind& kind) {
  const auto inside = MutableFirstAfter(begin);
  if (inside != entries_.end() && inside->first <= begin &&
      inside->second.end >= end) {
    Change(inside, begin, end, kind);
    return;
  }
  Unmap(begin, end);
  Count(begin, end, kind);
  auto after = entries_.lower_bound(end);
  if (after != entries_.end() && after->first == end &&
      after->second.kind == kind) {
    end = after->second.end;
    after = entries_.erase(after);
  }
  if (after != entries_.begin()) {
    const auto before = std::prev(after);
    if (before->second.end == begin && before->second.kind == kind) {
      before->second.end = end;
      return;
    }
  }
  entries_.emplace_hint(after, begin, Entry{end, kind});
}

// Of part of one entry: what mprotect does most of the time. What is left of
// the entry at an end is no neighbour to merge with.
void MappingTable::Change(Entries::iterator it, uint64_t begin, uint64_t end,
                          const MappingKind& kind) {
  const Entry old = it->second;
  if (old.kind == kind) return;
  Discount(begin, end, old.kind);
  Count(begin, end, kind);
  if (old.end > end) {
    it = std::prev(entries_.emplace_hint(std::next(it), end, old));
  } else {
    const auto next = std::next(it);
    if (next != entries_.end() && next->first == end &&
        next->second.kind == kind) {
      end = next->second.end;
      it = std::prev(entries_.erase(next));
    }
  }
  if (it->first < begin) {
    it->second.end = begin;
    entries_.emplace_hint(std::next(it), begin, Entry{end, kind});
    return;
  }
  it->second = {end, kind};
  if (it == entries_.begin()) return;
  const auto before = std::prev(it);
  if (before->second.end == begin && before->second.kind == kind) {
    before->second.end = end;
    entries_.erase(it);
  }
}

bool MappingTable::Intersects(uint64_t begin, uint64_t end) const {
  const auto it = FirstAfter(begin);
  return it != entries_.end() && it->first < end;
}

uint64_t MappingTable::MappedUpTo(uint64_t begin, uint64_t end) const {
  uint64_t reached = begin;
  for (auto it = FirstAfter(begin);
       it != entries_.end() && it->first <= reached && reached < end; ++it) {
    reached = it->second.end;
  }
  return std::min(reached, end);
}

std::optional<Mapping> MappingTable::Find(uint64_t address) const {
  const auto it = FirstAfter(address);
  if (it == entries_.end() || it->first > address) return std::nullopt;
  return Mapping{it->first, it->second.end, it->second.kind};
}

std::vector<Mapping> MappingTable::Within(uint64_t begin, uint64_t end) const {
  std::vector<Mapping> result;
  for (auto it = FirstAfter(begin); it != entries_.end() && it->first < end;
       ++it) {
    result.push_back({std::max(begin, it->first), std::min(end, it->second.end),
                      it->second.kind});
  }
  return result;
}

std::optional<uint64_t> MappingTable::FindGapBelow(uint64_t ceiling,
                                                   uint64_t floor,
                                                   uint64_t size) const {
  auto it = entries_.lower_bound(ceiling);
  while (true) {
    const bool first = it == entries_.begin();
    const uint64_t gap_begin =
        first ? floor : std::max(floor, std::prev(it)->second.end);
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
