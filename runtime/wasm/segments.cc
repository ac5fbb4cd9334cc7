// The element and data sections (core specification, 5.5.12 and 5.5.14).

#include "runtime/wasm/limits.h"
#include "runtime/wasm/sections.h"
#include "runtime/wasm/type_decoder.h"

namespace slipway::wasm {
namespace {

// The bits of an element segment's first number.
constexpr uint32_t kNotActive = 1;
// A table index for active segments, "declarative" for others.
constexpr uint32_t kExplicit = 2;
constexpr uint32_t kExpressions = 4;
constexpr uint32_t kMaxElementFlags = 7;

constexpr ValueType kNonNullFunc = ValueType::Ref(HeapType::kFunc, false);

// The type of a segment that states it: an element kind before function
// indices, a reference type before expressions.
bool ReadElementType(ByteReader& reader, uint32_t flags, ValueType& type) {
  if ((flags & kExpressions) != 0) return ReadRefType(reader, type);
  const size_t offset = reader.offset();
  uint8_t kind;
  if (!reader.ReadByte(kind)) return false;
  if (kind != 0) {
    return reader.FailMalformed(offset, "element kind", "0x00", kind);
  }
  type = kNonNullFunc;
  return true;
}

bool ReadElements(ByteReader& reader, Module& module, uint32_t flags,
                  ElementSegment& segment) {
  uint32_t count;
  if (!reader.ReadCount(count, "elements", kMaxElements)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if ((flags & kExpressions) != 0) {
      ConstExpr& expr = segment.expressions.emplace_back();
      if (!ReadConstExpr(reader, module, expr)) return false;
    } else {
      uint32_t& function = segment.functions.emplace_back();
      if (!reader.ReadU32(function)) return false;
      MarkReferenced(module, function);
    }
  }
  return true;
}

bool ReadElementSegment(ByteReader& reader, Module& module,
                        ElementSegment& segment) {
  const size_t offset = reader.offset();
  segment.file_offset = offset;
  uint32_t flags;
  if (!reader.ReadU32(flags)) return false;
  if (flags > kMaxElementFlags) {
    return reader.FailMalformed(offset, "elements segment kind", "0x00 to 0x07",
                                flags);
  }
  const bool is_explicit = (flags & kExplicit) != 0;
  if ((flags & kNotActive) != 0) {
    segment.mode = is_explicit ? ElementSegment::Mode::kDeclarative
                               : ElementSegment::Mode::kPassive;
  } else {
    segment.mode = ElementSegment::Mode::kActive;
    if (is_explicit && !reader.ReadU32(segment.table)) return false;
    if (!ReadConstExpr(reader, module, segment.offset)) return false;
  }
  // The two oldest forms leave the type out.
  if ((flags & (kNotActive | kExplicit)) == 0) {
    segment.type =
        (flags & kExpressions) != 0 ? ValueType::FuncRef() : kNonNullFunc;
  } else if (!ReadElementType(reader, flags, segment.type)) {
    return false;
  }
  return ReadElements(reader, module, flags, segment);
}

bool ReadDataSegment(ByteReader& reader, Module& module, DataSegment& segment) {
  constexpr uint32_t kPassive = 1;
  constexpr uint32_t kActiveExplicit = 2;
  const size_t offset = reader.offset();
  segment.file_offset = offset;
  uint32_t flags;
  if (!reader.ReadU32(flags)) return false;
  if (flags > kActiveExplicit) {
    return reader.FailMalformed(offset, "data segment kind", "0x00 to 0x02",
                                flags);
  }
  segment.active = flags != kPassive;
  if (flags == kActiveExplicit && !reader.ReadU32(segment.memory)) return false;
  if (segment.active && !ReadConstExpr(reader, module, segment.offset)) {
    return false;
  }
  uint32_t size;
  return reader.ReadU32(size) && reader.ReadBytes(size, segment.bytes);
}

}  // namespace

bool ReadElementSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "element segments", kMaxElementSegments)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadElementSegment(reader, module, module.elements.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool ReadDataSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "data segments", kMaxDataSegments)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadDataSegment(reader, module, module.data.emplace_back())) {
      return false;
    }
  }
  return true;
}

}  // namespace slipway::wasm
