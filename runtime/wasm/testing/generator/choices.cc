#include "runtime/wasm/testing/generator/choices.h"

namespace slipway::wasm {
namespace {

// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators".
uint64_t SplitMix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

uint8_t Choices::NextByte() {
  if (at_ == bytes_.size()) {
    bytes_ += static_cast<char>(seed_ ? SplitMix(*seed_) >> 32 : 0);
  }
  return static_cast<uint8_t>(bytes_[at_++]);
}

uint64_t Choices::Number(int size) {
  uint64_t number = 0;
  for (int i = 0; i < size; ++i) {
    number |= static_cast<uint64_t>(NextByte()) << (8 * i);
  }
  return number;
}

uint32_t Choices::Below(uint32_t count) {
  if (count <= 1) return 0;
  const int size = count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4;
  return static_cast<uint32_t>(Number(size) % count);
}

}  // namespace slipway::wasm
