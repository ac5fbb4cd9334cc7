#include "runtime/wasm/type_decoder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/wasm/limits.h"

namespace slipway::wasm {
namespace {

constexpr uint8_t kNullableRef = 0x63;
constexpr uint8_t kNonNullRef = 0x64;

// Heap types, packed fields, and type section entries (rec, sub, sub final,
// array, struct) of the garbage collection proposal.
bool IsGarbageCollected(uint8_t byte) {
  return (byte >= 0x6a && byte <= 0x6e) || byte == 0x71 || byte == 0x77 ||
         byte == 0x78 || (byte >= 0x4e && byte <= 0x50) || byte == 0x5e ||
         byte == 0x5f;
}

std::optional<HeapType> AbstractHeapType(uint8_t byte) {
  switch (byte) {
    case 0x70:
      return HeapType::kFunc;
    case 0x6f:
      return HeapType::kExtern;
    case 0x69:
      return HeapType::kExn;
    case 0x73:
      return HeapType::kNoFunc;
    case 0x72:
      return HeapType::kNoExtern;
    case 0x74:
      return HeapType::kNoExn;
    default:
      return std::nullopt;
  }
}

std::optional<ValueType> NumberType(uint8_t byte) {
  switch (byte) {
    case 0x7f:
      return ValueType::kI32;
    case 0x7e:
      return ValueType::kI64;
    case 0x7d:
      return ValueType::kF32;
    case 0x7c:
      return ValueType::kF64;
    case 0x7b:
      return ValueType::kV128;
    default:
      return std::nullopt;
  }
}

bool FailType(ByteReader& reader, size_t offset, std::string_view what,
              uint8_t byte) {
  if (IsGarbageCollected(byte)) {
    return reader.FailAt(offset, "garbage collected types are not supported");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  return reader.FailAt(offset, "malformed " + std::string(what) + " 0x" +
                                   kDigits[byte >> 4] + kDigits[byte & 15]);
}

bool ReadValueTypes(ByteReader& reader, std::string_view what, uint32_t limit,
                    std::vector<ValueType>& types) {
  uint32_t count;
  if (!reader.ReadCount(count, what, limit)) return false;
  types.resize(count);
  for (ValueType& type : types) {
    if (!ReadValueType(reader, type)) return false;
  }
  return true;
}

bool ReadLimits(ByteReader& reader, bool may_be_shared, Limits& limits) {
  const size_t offset = reader.offset();
  uint8_t flags;
  if (!reader.ReadByte(flags)) return false;
  if (flags > (may_be_shared ? 7 : 5) || (!may_be_shared && (flags & 2) != 0)) {
    return reader.FailMalformed(
        offset, "limits flags",
        may_be_shared ? "0x00 to 0x07" : "0x00, 0x01, 0x04 or 0x05", flags);
  }
  limits.shared = (flags & 2) != 0;
  limits.is64 = (flags & 4) != 0;
  if (!reader.ReadU64(limits.min)) return false;
  if ((flags & 1) == 0) return true;
  return reader.ReadU64(limits.max.emplace());
}

}  // namespace

bool ReadHeapType(ByteReader& reader, HeapType& type) {
  const size_t offset = reader.offset();
  const int byte = reader.Peek();
  int64_t code;
  if (!reader.ReadS33(code)) return false;
  if (code >= 0) {
    if (code >= HeapType::kFirstAbstract) {
      return reader.FailInvalid(offset, "unknown type " + std::to_string(code));
    }
    type = HeapType::Index(static_cast<uint32_t>(code));
    return true;
  }
  const std::optional<HeapType> abstract =
      AbstractHeapType(static_cast<uint8_t>(byte));
  if (!abstract || code < -64) {
    return FailType(reader, offset, "heap type", static_cast<uint8_t>(byte));
  }
  type = *abstract;
  return true;
}

bool ReadRefType(ByteReader& reader, ValueType& type) {
  const size_t offset = reader.offset();
  uint8_t byte;
  if (!reader.ReadByte(byte)) return false;
  if (byte == kNullableRef || byte == kNonNullRef) {
    HeapType heap = HeapType::kFunc;
    if (!ReadHeapType(reader, heap)) return false;
    type = ValueType::Ref(heap, byte == kNullableRef);
    return true;
  }
  const std::optional<HeapType> heap = AbstractHeapType(byte);
  if (!heap) return FailType(reader, offset, "reference type", byte);
  type = ValueType::Ref(*heap, /*nullable=*/true);
  return true;
}

bool ReadValueType(ByteReader& reader, ValueType& type) {
  const int byte = reader.Peek();
  if (byte < 0) return reader.Fail("unexpected end: expected a type");
  const std::optional<ValueType> number =
      NumberType(static_cast<uint8_t>(byte));
  if (!number) return ReadRefType(reader, type);
  type = *number;
  uint8_t consumed;
  return reader.ReadByte(consumed);
}

bool ReadFuncType(ByteReader& reader, FuncType& type) {
  const size_t offset = reader.offset();
  uint8_t form;
  if (!reader.ReadByte(form)) return false;
  if (form != 0x60) return FailType(reader, offset, "function type", form);
  return ReadValueTypes(reader, "parameters", kMaxParameters, type.params) &&
         ReadValueTypes(reader, "results", kMaxResults, type.results);
}

bool ReadTableType(ByteReader& reader, TableType& type) {
  return ReadRefType(reader, type.element) &&
         ReadLimits(reader, /*may_be_shared=*/false, type.limits);
}

bool ReadMemoryType(ByteReader& reader, MemoryType& type) {
  type.offset = reader.offset();
  return ReadLimits(reader, /*may_be_shared=*/true, type.limits);
}

bool ReadGlobalType(ByteReader& reader, GlobalType& type) {
  if (!ReadValueType(reader, type.value)) return false;
  const size_t offset = reader.offset();
  uint8_t mutability;
  if (!reader.ReadByte(mutability)) return false;
  if (mutability > 1) {
    return reader.FailMalformed(offset, "mutability", "0x00 or 0x01",
                                mutability);
  }
  type.is_mutable = mutability == 1;
  return true;
}

bool ReadTagType(ByteReader& reader, TagType& type) {
  const size_t offset = reader.offset();
  type.offset = offset;
  uint8_t attribute;
  if (!reader.ReadByte(attribute)) return false;
  if (attribute != 0) {
    return reader.FailMalformed(offset, "tag attribute", "0x00", attribute);
  }
  return reader.ReadU32(type.type_index);
}

}  // namespace slipway::wasm
