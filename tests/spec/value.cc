#include "tests/spec/value.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace slipway::spec {
namespace {

using wasm::HeapType;
using wasm::ValueType;
using Kind = ScriptValue::Kind;

// Externref N is an address that is never null and never used.
void* HostAddress(uint64_t number) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(number + 1));
}

// func, extern or exn: the hierarchy that a reference type belongs to.
HeapType::Abstract TopOf(HeapType heap) {
  if (heap == HeapType::kExtern || heap == HeapType::kNoExtern) {
    return HeapType::kExtern;
  }
  if (heap == HeapType::kExn || heap == HeapType::kNoExn) return HeapType::kExn;
  return HeapType::kFunc;
}

bool TypeMatches(const ScriptValue& pattern, ValueType type) {
  if (!pattern.type.is_ref() || !type.is_ref()) {
    const bool any_null = pattern.type == ValueType::kBottom;
    return any_null ? type.is_ref() : pattern.type == type;
  }
  return TopOf(pattern.type.heap()) == TopOf(type.heap());
}

bool LaneMatches(const Lane& lane, int bits, uint64_t actual) {
  const uint64_t sign = uint64_t{1} << (bits - 1);
  const uint64_t quiet =
      bits == 32 ? uint64_t{0x7fc0'0000} : uint64_t{0x7ff8'0000'0000'0000};
  switch (lane.kind) {
    case Lane::Kind::kBits:
      return actual == lane.bits;
    case Lane::Kind::kCanonicalNan:
      return (actual & ~sign) == quiet;
    case Lane::Kind::kArithmeticNan:
      return (actual & quiet) == quiet;
  }
  return false;
}

uint64_t LaneAt(const object::Value& value, size_t index, int bits) {
  uint64_t lane = 0;
  const auto size = static_cast<size_t>(bits / 8);
  std::memcpy(&lane, value.v128 + index * size, size);
  return lane;
}

bool NumberMatches(const ScriptValue& pattern, const object::Value& actual) {
  for (size_t i = 0; i < pattern.lanes.size(); ++i) {
    if (!LaneMatches(pattern.lanes[i], pattern.lane_bits,
                     LaneAt(actual, i, pattern.lane_bits))) {
      return false;
    }
  }
  return true;
}

std::string ToString(const Lane& lane, const ScriptValue& value) {
  switch (lane.kind) {
    case Lane::Kind::kCanonicalNan:
      return "nan:canonical";
    case Lane::Kind::kArithmeticNan:
      return "nan:arithmetic";
    case Lane::Kind::kBits:
      break;
  }
  return value.float_lanes ? absl::StrCat("0x", absl::Hex(lane.bits))
                           : absl::StrCat(lane.bits);
}

}  // namespace

bool IsArgument(const ScriptValue& value) {
  if (value.kind == Kind::kNonNull || value.kind == Kind::kEither) return false;
  for (const Lane& lane : value.lanes) {
    if (lane.kind != Lane::Kind::kBits) return false;
  }
  return true;
}

object::Value ToArgument(const ScriptValue& value) {
  object::Value argument;
  std::memset(&argument, 0, sizeof(argument));
  if (value.kind == Kind::kHostReference) {
    argument.ref = HostAddress(value.number);
  }
  const auto size = static_cast<size_t>(value.lane_bits / 8);
  for (size_t i = 0; i < value.lanes.size(); ++i) {
    std::memcpy(argument.v128 + i * size, &value.lanes[i].bits, size);
  }
  return argument;
}

bool Matches(const ScriptValue& pattern, ValueType type,
             const object::Value& actual) {
  if (pattern.kind == Kind::kEither) {
    for (const ScriptValue& alternative : pattern.alternatives) {
      if (Matches(alternative, type, actual)) return true;
    }
    return false;
  }
  if (!TypeMatches(pattern, type)) return false;
  switch (pattern.kind) {
    case Kind::kNumber:
      return NumberMatches(pattern, actual);
    case Kind::kNull:
      return actual.ref == nullptr;
    case Kind::kHostReference:
      return actual.ref == HostAddress(pattern.number);
    case Kind::kNonNull:
      return actual.ref != nullptr;
    case Kind::kEither:
      break;
  }
  return false;
}

std::string ToString(const ScriptValue& value) {
  switch (value.kind) {
    case Kind::kNull:
      return value.type.is_ref() ? absl::StrCat(value.type.ToString(), ":null")
                                 : "null";
    case Kind::kHostReference:
      return absl::StrCat("externref:", value.number);
    case Kind::kNonNull:
      return absl::StrCat(value.type.ToString(), ":not null");
    case Kind::kEither:
      return absl::StrCat(
          "either ", absl::StrJoin(value.alternatives, " or ",
                                   [](std::string* out, const ScriptValue& v) {
                                     out->append(ToString(v));
                                   }));
    case Kind::kNumber:
      break;
  }
  return absl::StrCat(
      value.type.ToString(), ":",
      absl::StrJoin(value.lanes, " ",
                    [&value](std::string* out, const Lane& lane) {
                      out->append(ToString(lane, value));
                    }));
}

std::string ToString(ValueType type, const object::Value& value) {
  const std::string name = absl::StrCat(type.ToString(), ":");
  switch (type.kind()) {
    case ValueType::kI32:
      return absl::StrCat(name, static_cast<uint32_t>(value.i32));
    case ValueType::kI64:
      return absl::StrCat(name, static_cast<uint64_t>(value.i64));
    case ValueType::kF32:
      return absl::StrCat(name, "0x", absl::Hex(LaneAt(value, 0, 32)));
    case ValueType::kF64:
      return absl::StrCat(name, "0x", absl::Hex(LaneAt(value, 0, 64)));
    case ValueType::kV128:
      return absl::StrCat(name, "0x",
                          absl::Hex(LaneAt(value, 1, 64), absl::kZeroPad16),
                          absl::Hex(LaneAt(value, 0, 64), absl::kZeroPad16));
    default:
      return absl::StrCat(name, value.ref == nullptr ? "null" : "not null");
  }
}

}  // namespace slipway::spec
