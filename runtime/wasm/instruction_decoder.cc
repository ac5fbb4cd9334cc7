#include "runtime/wasm/instruction_decoder.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "runtime/wasm/type_decoder.h"

namespace slipway::wasm {
namespace {

constexpr uint8_t kGarbageCollectionPrefix = 0xfb;
constexpr uint8_t kFirstPrefix = 0xfb;
constexpr uint8_t kLastPrefix = 0xfe;
constexpr uint8_t kEmptyBlock = 0x40;
// In the alignment field of a memory access: a memory index follows.
constexpr uint32_t kHasMemoryIndex = 0x40;

bool FailOpcode(ByteReader& reader, size_t offset, uint8_t prefix,
                uint32_t code) {
  char text[64];
  if (prefix == 0) {
    std::snprintf(text, sizeof(text), "illegal opcode 0x%02x", code);
  } else {
    std::snprintf(text, sizeof(text), "illegal opcode 0x%02x 0x%02x", prefix,
                  code);
  }
  return reader.FailAt(offset, text);
}

bool ReadBlockType(ByteReader& reader, const Module& module,
                   BlockSignature& block) {
  const size_t offset = reader.offset();
  const int byte = reader.Peek();
  if (byte == kEmptyBlock) {
    block = BlockSignature();
    uint8_t consumed;
    return reader.ReadByte(consumed);
  }
  if (byte >= 0 && (byte & 0xc0) == 0x40) {  // a negative one-byte number
    ValueType result;
    if (!ReadValueType(reader, result)) return false;
    block = BlockSignature(result);
    return true;
  }
  int64_t index;
  if (!reader.ReadS33(index)) return false;
  if (index < 0) {
    return reader.FailAt(offset,
                         "malformed block type " + std::to_string(index));
  }
  if (static_cast<uint64_t>(index) >= module.types.size()) {
    return reader.FailInvalid(offset, "unknown type " + std::to_string(index));
  }
  block = BlockSignature(&module.types[static_cast<size_t>(index)]);
  return true;
}

bool ReadLabels(ByteReader& reader, std::vector<uint32_t>& targets) {
  uint32_t count;
  if (!reader.ReadCount(count, "branch targets")) return false;
  targets.resize(size_t{count} + 1);  // and the default
  for (uint32_t& target : targets) {
    if (!reader.ReadU32(target)) return false;
  }
  return true;
}

bool ReadCatches(ByteReader& reader, std::vector<CatchClause>& catches) {
  uint32_t count;
  if (!reader.ReadCount(count, "catch clauses")) return false;
  catches.resize(count);
  for (CatchClause& clause : catches) {
    const size_t offset = reader.offset();
    uint8_t kind;
    if (!reader.ReadByte(kind)) return false;
    if (kind > static_cast<uint8_t>(CatchClause::Kind::kCatchAllRef)) {
      return reader.FailMalformed(offset, "catch clause", "0x00 to 0x03", kind);
    }
    clause.kind = static_cast<CatchClause::Kind>(kind);
    if (clause.has_tag() && !reader.ReadU32(clause.tag)) return false;
    if (!reader.ReadU32(clause.label)) return false;
  }
  return true;
}

bool ReadSelectTypes(ByteReader& reader, ValueType& type) {
  const size_t offset = reader.offset();
  uint32_t count;
  if (!reader.ReadCount(count, "select types")) return false;
  if (count != 1) {
    return reader.FailInvalid(
        offset, "invalid result arity: expected 1 type for select, found " +
                    std::to_string(count));
  }
  return ReadValueType(reader, type);
}

bool ReadNullType(ByteReader& reader, ValueType& type) {
  HeapType heap = HeapType::kFunc;
  if (!ReadHeapType(reader, heap)) return false;
  type = ValueType::Ref(heap, /*nullable=*/true);
  return true;
}

bool ReadVector(ByteReader& reader, Instruction& instruction) {
  Bytes bytes;
  if (!reader.ReadBytes(instruction.v128.size(), bytes)) return false;
  std::copy(bytes.begin(), bytes.end(), instruction.v128.begin());
  return true;
}

bool ReadFence(ByteReader& reader) {
  const size_t offset = reader.offset();
  uint8_t order;
  if (!reader.ReadByte(order)) return false;
  return order == 0 || reader.FailMalformed(offset, "fence", "0x00", order);
}

}  // namespace

bool ReadMemArg(ByteReader& reader, Instruction& instruction) {
  const size_t offset = reader.offset();
  uint32_t& alignment = instruction.alignment;
  if (!reader.ReadU32(alignment)) return false;
  if (alignment >= 2 * kHasMemoryIndex) {
    return reader.FailMalformed(offset, "memop flags", "less than 0x80",
                                alignment);
  }
  instruction.index = 0;
  if ((alignment & kHasMemoryIndex) != 0) {
    alignment &= ~kHasMemoryIndex;
    if (!reader.ReadU32(instruction.index)) return false;
  }
  return reader.ReadU64(instruction.memory_offset);
}

bool ReadOpcodeSlow(ByteReader& reader, Instruction& instruction) {
  uint8_t prefix = 0;
  uint8_t byte;
  if (!reader.ReadByte(byte)) return false;
  uint32_t code = byte;
  if (byte >= kFirstPrefix && byte <= kLastPrefix) {
    prefix = byte;
    if (!reader.ReadU32(code)) return false;
  }
  if (prefix == kGarbageCollectionPrefix) {
    return reader.FailAt(instruction.offset,
                         "garbage collection operators are not supported");
  }
  const std::optional<Opcode> op = FindOpcode(prefix, code);
  if (!op) return FailOpcode(reader, instruction.offset, prefix, code);
  instruction.op = *op;
  return true;
}

bool ReadImmediates(ByteReader& reader, const Module& module,
                    Instruction& instruction) {
  uint32_t& index = instruction.index;
  uint32_t& index2 = instruction.index2;
  switch (GetOpcodeInfo(instruction.op).immediate) {
    case Immediate::kNone:
      return true;
    case Immediate::kBlock:
      return ReadBlockType(reader, module, instruction.block);
    case Immediate::kLabelTable:
      return ReadLabels(reader, instruction.targets);
    case Immediate::kLabel:
    case Immediate::kFunction:
    case Immediate::kType:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kTable:
    case Immediate::kElement:
    case Immediate::kMemory:
    case Immediate::kData:
    case Immediate::kTag:
      return reader.ReadU32(index);
    case Immediate::kTypeTable:
    case Immediate::kTableTable:
    case Immediate::kMemoryMemory:
      return reader.ReadU32(index) && reader.ReadU32(index2);
    case Immediate::kElementTable:
    case Immediate::kDataMemory:  // the segment comes first
      return reader.ReadU32(index2) && reader.ReadU32(index);
    case Immediate::kTryTable:
      return ReadBlockType(reader, module, instruction.block) &&
             ReadCatches(reader, instruction.catches);
    case Immediate::kSelectTypes:
      return ReadSelectTypes(reader, instruction.type);
    case Immediate::kHeapType:
      return ReadNullType(reader, instruction.type);
    case Immediate::kMemArg:
      return ReadMemArg(reader, instruction);
    case Immediate::kMemArgLane:
      return ReadMemArg(reader, instruction) &&
             reader.ReadByte(instruction.lane);
    case Immediate::kI32:
      return reader.ReadS32(instruction.i32);
    case Immediate::kI64:
      return reader.ReadS64(instruction.i64);
    case Immediate::kF32:
      return reader.ReadFixed32(instruction.f32_bits);
    case Immediate::kF64:
      return reader.ReadFixed64(instruction.f64_bits);
    case Immediate::kV128:
    case Immediate::kShuffle:
      return ReadVector(reader, instruction);
    case Immediate::kLane:
      return reader.ReadByte(instruction.lane);
    case Immediate::kFence:
      return ReadFence(reader);
  }
  return false;
}

}  // namespace slipway::wasm
