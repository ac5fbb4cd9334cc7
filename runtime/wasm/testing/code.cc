#include "runtime/wasm/testing/code.h"

#include <cstring>

#include "runtime/wasm/byte_writer.h"

namespace slipway::wasm {

void AppendHeapType(std::string& to, HeapType heap) {
  switch (heap.code()) {
    case HeapType::kFunc:
      to += '\x70';
      return;
    case HeapType::kExtern:
      to += '\x6f';
      return;
    case HeapType::kExn:
      to += '\x69';
      return;
    case HeapType::kNoFunc:
      to += '\x73';
      return;
    case HeapType::kNoExtern:
      to += '\x72';
      return;
    case HeapType::kNoExn:
      to += '\x74';
      return;
    default:
      AppendSigned(to, heap.index());
  }
}

void AppendValueType(std::string& to, ValueType type) {
  constexpr char kNumbers[] = {'\x7f', '\x7e', '\x7d', '\x7c', '\x7b'};
  if (!type.is_ref()) {
    to += kNumbers[type.kind()];
    return;
  }
  to += type.nullable() ? '\x63' : '\x64';
  AppendHeapType(to, type.heap());
}

void Code::AppendOpcode(Opcode op) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  if (info.prefix == 0) {
    bytes_ += static_cast<char>(info.code);
    return;
  }
  bytes_ += static_cast<char>(info.prefix);
  AppendUnsigned(bytes_, info.code);
}

Code& Code::Append(Opcode op, std::initializer_list<int64_t> immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  auto immediate = [&](size_t i) {
    return i < immediates.size() ? immediates.begin()[i] : 0;
  };
  switch (info.immediate) {
    case Immediate::kMemArg:
      return Access(op, info.detail, immediate(0), immediate(1));
    case Immediate::kMemArgLane:
      Access(op, info.detail, immediate(0), immediate(1));
      bytes_ += static_cast<char>(immediate(2));
      return *this;
    default:
      break;
  }
  AppendOpcode(op);
  switch (info.immediate) {
    case Immediate::kNone:
      break;
    case Immediate::kI32:
    case Immediate::kI64:
      AppendSigned(bytes_, immediate(0));
      break;
    case Immediate::kLane:
    case Immediate::kFence:
      bytes_ += static_cast<char>(immediate(0));
      break;
    case Immediate::kTypeTable:
    case Immediate::kTableTable:
    case Immediate::kMemoryMemory:
    case Immediate::kElementTable:
    case Immediate::kDataMemory:
      AppendUnsigned(bytes_, immediate(0));
      AppendUnsigned(bytes_, immediate(1));
      break;
    default:
      AppendUnsigned(bytes_, immediate(0));
  }
  return *this;
}

Code& Code::Access(Opcode op, uint32_t alignment, uint64_t offset,
                   uint32_t memory) {
  constexpr uint32_t kHasMemoryIndex = 0x40;
  AppendOpcode(op);
  AppendUnsigned(bytes_, memory == 0 ? alignment : alignment | kHasMemoryIndex);
  if (memory != 0) AppendUnsigned(bytes_, memory);
  AppendUnsigned(bytes_, offset);
  return *this;
}

Code& Code::F32Bits(uint32_t bits) {
  AppendOpcode(Opcode::kF32Const);
  bytes_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  return *this;
}

Code& Code::F64Bits(uint64_t bits) {
  AppendOpcode(Opcode::kF64Const);
  bytes_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  return *this;
}

Code& Code::V128(const std::array<uint8_t, 16>& bytes) {
  AppendOpcode(Opcode::kV128Const);
  bytes_.append(bytes.begin(), bytes.end());
  return *this;
}

Code& Code::Shuffle(const std::array<uint8_t, 16>& lanes) {
  AppendOpcode(Opcode::kI8x16Shuffle);
  bytes_.append(lanes.begin(), lanes.end());
  return *this;
}

Code& Code::Block(Opcode op) {
  AppendOpcode(op);
  bytes_ += '\x40';
  return *this;
}

Code& Code::Block(Opcode op, ValueType result) {
  AppendOpcode(op);
  AppendValueType(bytes_, result);
  return *this;
}

Code& Code::BlockOfType(Opcode op, uint32_t type_index) {
  AppendOpcode(op);
  AppendSigned(bytes_, type_index);
  return *this;
}

Code& Code::TryTable(const std::vector<CatchClause>& catches) {
  Block(Opcode::kTryTable);
  AppendCatches(catches);
  return *this;
}

Code& Code::TryTableOfType(uint32_t type_index,
                           const std::vector<CatchClause>& catches) {
  BlockOfType(Opcode::kTryTable, type_index);
  AppendCatches(catches);
  return *this;
}

void Code::AppendCatches(const std::vector<CatchClause>& catches) {
  AppendUnsigned(bytes_, catches.size());
  for (const CatchClause& clause : catches) {
    bytes_ += static_cast<char>(clause.kind);
    if (clause.has_tag()) AppendUnsigned(bytes_, clause.tag);
    AppendUnsigned(bytes_, clause.label);
  }
}

Code& Code::BrTable(const std::vector<uint32_t>& targets, uint32_t fallback) {
  AppendOpcode(Opcode::kBrTable);
  AppendUnsigned(bytes_, targets.size());
  for (uint32_t target : targets) AppendUnsigned(bytes_, target);
  AppendUnsigned(bytes_, fallback);
  return *this;
}

Code& Code::SelectTyped(ValueType type) {
  AppendOpcode(Opcode::kSelectTyped);
  AppendUnsigned(bytes_, 1);
  AppendValueType(bytes_, type);
  return *this;
}

Code& Code::RefNull(HeapType heap) {
  AppendOpcode(Opcode::kRefNull);
  AppendHeapType(bytes_, heap);
  return *this;
}

Code& Code::Append(const Code& code) {
  bytes_ += code.bytes();
  return *this;
}

Code& Code::Raw(std::initializer_list<uint8_t> bytes) {
  bytes_.append(bytes.begin(), bytes.end());
  return *this;
}

}  // namespace slipway::wasm
