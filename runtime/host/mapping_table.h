// What the guest has mapped: disjoint ranges of its address space, and for each
// what its pages are. Neighbours of one kind are one range, as they are for the
// kernel. Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_MAPPING_TABLE_H_
#define SLIPWAY_RUNTIME_HOST_MAPPING_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"

namespace slipway::host {

struct MappingKind {
  // Tells apart mappings that are never one, 0 for private anonymous memory.
  uint32_t origin = 0;
  uint8_t protection = 0;  // PROT_READ and PROT_WRITE, as the host has it
  bool shared = false;
  bool stack = false;      // not counted as data
  bool dont_fork = false;  // MADV_DONTFORK
  // Nothing but the reservation with another protection.
  bool of_reservation = false;

  bool is_private_anonymous() const { return origin == 0; }
  // What RLIMIT_DATA counts: as on Linux, private memory that can be written.
  bool is_data() const {
    constexpr uint8_t kWrite = 2;
    return !shared && !stack && (protection & kWrite) != 0;
  }
  friend bool operator==(const MappingKind&, const MappingKind&) = default;
};

struct Mapping {
  uint64_t begin;
  uint64_t end;
  MappingKind kind;
};

class MappingTable {
 public:
  // Preconditions of all: begin < end.

  // Replaces what was there.
  void Map(uint64_t begin, uint64_t end, const MappingKind& kind);
  void Unmap(uint64_t begin, uint64_t end);

  // Whether all, or any, of [begin, end) is mapped.
  bool Covers(uint64_t begin, uint64_t end) const {
    return MappedUpTo(begin, end) == end;
  }
  bool Intersects(uint64_t begin, uint64_t end) const;
  // Where the first hole of [begin, end) begins; `end` when there is none.
  uint64_t MappedUpTo(uint64_t begin, uint64_t end) const;
  // The mapping that `address` is in.
  std::optional<Mapping> Find(uint64_t address) const;
  // What is mapped of [begin, end), ascending and cut to it.
  std::vector<Mapping> Within(uint64_t begin, uint64_t end) const;
  std::vector<Mapping> All() const { return Within(0, UINT64_MAX); }

  // The highest start of a gap of `size` within [floor, ceiling), if any.
  std::optional<uint64_t> FindGapBelow(uint64_t ceiling, uint64_t floor,
                                       uint64_t size) const;

  // Bytes: all that is mapped, and what RLIMIT_DATA counts of it.
  uint64_t bytes() const { return bytes_; }
  uint64_t data_bytes() const { return data_bytes_; }

 private:
  struct Entry {
    uint64_t end;
    MappingKind kind;
  };
  using Entries = absl::btree_map<uint64_t, Entry>;

  // The first that ends after `address`.
  Entries::const_iterator FirstAfter(uint64_t address) const {
    auto it = entries_.upper_bound(address);
    if (it == entries_.begin()) return it;
    const auto before = std::prev(it);
    return before->second.end > address ? before : it;
  }
  Entries::iterator MutableFirstAfter(uint64_t address);
  void Change(Entries::iterator it, uint64_t begin, uint64_t end,
              const MappingKind& kind);
  // Adds to, or takes from, the sums.
  void Count(uint64_t begin, uint64_t end, const MappingKind& kind);
  void Discount(uint64_t begin, uint64_t end, const MappingKind& kind);

  Entries entries_;  // by begin
  uint64_t bytes_ = 0;
  uint64_t data_bytes_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_MAPPING_TABLE_H_
