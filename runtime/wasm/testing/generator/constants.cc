#include "runtime/wasm/testing/generator/constants.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace slipway::wasm {
namespace {

std::vector<uint64_t> Integers(int bits) {
  std::vector<uint64_t> values = {
      0,      1,      2,       7,          8,          15,        16,  31,
      32,     63,     64,      127,        128,        255,       256, 0x7fff,
      0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
  for (const int64_t negative : {-1, -2, -128, -129, -32768, -32769}) {
    values.push_back(static_cast<uint64_t>(negative));
  }
  if (bits == 32) return values;
  for (const uint64_t wide :
       {uint64_t{1} << 32, (uint64_t{1} << 63) - 1, uint64_t{1} << 63,
        uint64_t{0xffffffff80000000}, uint64_t{1} << 53,
        (uint64_t{1} << 53) + 1, uint64_t{0x0123456789abcdef}}) {
    values.push_back(wide);
  }
  return values;
}

template <typename Float, typename Bits>
std::vector<uint64_t> Floats(const std::vector<Bits>& nans) {
  using Limits = std::numeric_limits<Float>;
  std::vector<uint64_t> bits;
  for (const double value : {0.0,
                             1.0,
                             0.5,
                             1.5,
                             2.5,
                             0.1,
                             3.99,
                             127.5,
                             255.5,
                             32767.5,
                             65535.5,
                             16777217.0,
                             2147483520.0,
                             2147483647.0,
                             2147483648.0,
                             4294967040.0,
                             4294967295.0,
                             4294967296.0,
                             9007199254740993.0,
                             9223372036854774784.0,
                             9223372036854775808.0,
                             18446744073709549568.0,
                             18446744073709551616.0,
                             1e30,
                             static_cast<double>(Limits::max()),
                             static_cast<double>(Limits::min()),
                             static_cast<double>(Limits::denorm_min()),
                             static_cast<double>(Limits::epsilon()),
                             std::numeric_limits<double>::infinity()}) {
    bits.push_back(std::bit_cast<Bits>(static_cast<Float>(value)));
    bits.push_back(std::bit_cast<Bits>(static_cast<Float>(-value)));
  }
  bits.insert(bits.end(), nans.begin(), nans.end());
  return bits;
}

std::array<uint8_t, 16> Bytes16(const void* bytes) {
  std::array<uint8_t, 16> result;
  memcpy(result.data(), bytes, result.size());
  return result;
}

// One of InterestingBits, a small number, or any.
uint64_t Bits(Choices& choices, ValueType::Kind kind) {
  const int size = kind == ValueType::kI32 || kind == ValueType::kF32 ? 4 : 8;
  switch (choices.Below(4)) {
    case 0:
      return choices.Number(1) * (kind <= ValueType::kI64 ? 1 : 0);
    case 1:
    case 2:
      return choices.Of(InterestingBits(kind));
    default:
      return choices.Number(size);
  }
}

// Lanes of one kind.
std::array<uint8_t, 16> Vector(Choices& choices) {
  uint8_t bytes[16];
  const auto kind = static_cast<ValueType::Kind>(choices.Below(6));
  if (kind > ValueType::kF64) {
    for (uint8_t& byte : bytes) {
      byte = static_cast<uint8_t>(choices.Number(1));
    }
    return Bytes16(bytes);
  }
  const size_t size =
      kind == ValueType::kI32 || kind == ValueType::kF32 ? 4 : 8;
  for (size_t at = 0; at < sizeof(bytes); at += size) {
    const uint64_t lane = Bits(choices, kind);
    memcpy(bytes + at, &lane, size);
  }
  return Bytes16(bytes);
}

}  // namespace

const std::vector<uint64_t>& InterestingBits(ValueType::Kind kind) {
  static const std::vector<uint64_t>* const tables[] = {
      new std::vector(Integers(32)), new std::vector(Integers(64)),
      new std::vector(Floats<float, uint32_t>(
          {kCanonicalNan32, 0xffc0'0000, 0x7fa0'0000, 0x7fff'ffff})),
      new std::vector(Floats<double, uint64_t>(
          {kCanonicalNan64, 0xfff8'0000'0000'0000, 0x7ff4'0000'0000'0000,
           0x7fff'ffff'ffff'ffff}))};
  return *tables[kind];
}

void AppendConstant(Choices& choices, ValueType::Kind kind, Code& code) {
  switch (kind) {
    case ValueType::kI32:
      code.I32(static_cast<int32_t>(Bits(choices, kind)));
      return;
    case ValueType::kI64:
      code.I64(static_cast<int64_t>(Bits(choices, kind)));
      return;
    case ValueType::kF32:
      code.F32Bits(static_cast<uint32_t>(Bits(choices, kind)));
      return;
    case ValueType::kF64:
      code.F64Bits(Bits(choices, kind));
      return;
    default:
      code.V128(Vector(choices));
  }
}

void AppendZero(ValueType::Kind kind, Code& code) {
  Choices zeros("");
  AppendConstant(zeros, kind, code);
}

}  // namespace slipway::wasm
