// Comparisons of vectors of every width as bits of an integer.
#include <cstdint>
#include <cstring>

#include "tests/posix/check.h"

namespace {

template <typename Lane, int kLanes>
using Vector [[gnu::vector_size(kLanes * sizeof(Lane))]] = Lane;
template <int kLanes>
using Mask [[clang::ext_vector_type(kLanes)]] = bool;

template <typename Lane, typename Bits>
[[gnu::noinline]] Bits Equal(const Lane* lanes, Lane value) {
  constexpr int kLanes = 8 * sizeof(Bits);
  Vector<Lane, kLanes> vector;
  std::memcpy(&vector, lanes, sizeof vector);
  return __builtin_bit_cast(
      Bits, __builtin_convertvector(vector == value, Mask<kLanes>));
}

template <typename Lane, typename Bits>
void CheckEachLane() {
  Lane lanes[8 * sizeof(Bits)] = {};
  for (unsigned i = 0; i < 8 * sizeof(Bits); ++i) {
    lanes[i] = 7;
    CHECK((Equal<Lane, Bits>(lanes, 7)) == static_cast<Bits>(Bits{1} << i));
    CHECK((Equal<Lane, Bits>(lanes, 0)) == static_cast<Bits>(~(Bits{1} << i)));
    lanes[i] = 0;
  }
}

template <typename Bits>
void check_masks() {
  CheckEachLane<int8_t, Bits>();
  CheckEachLane<int16_t, Bits>();
  CheckEachLane<int32_t, Bits>();
  CheckEachLane<int64_t, Bits>();
}

void masks_of_8_lanes() { check_masks<uint8_t>(); }
void masks_of_16_lanes() { check_masks<uint16_t>(); }
void masks_of_32_lanes() { check_masks<uint32_t>(); }
void masks_of_64_lanes() { check_masks<uint64_t>(); }

}  // namespace

int main() {
  CASE(masks_of_8_lanes);
  CASE(masks_of_16_lanes);
  CASE(masks_of_32_lanes);
  CASE(masks_of_64_lanes);
}
