// The operand stack, indices, and the operators that opcode.def types by
// itself. Control flow is in function_reader_control.cc.

#include "runtime/wasm/function_reader.h"

#include <array>
#include <string>

#include "runtime/wasm/instruction_decoder.h"
#include "runtime/wasm/subtyping.h"
#include "runtime/wasm/type_decoder.h"

namespace slipway::wasm {
namespace {

constexpr uint32_t kMaxLocals = 50'000;

// The letters of opcode.def that always mean the same type.
constexpr std::array<ValueType, 128> MakeLetterTypes() {
  std::array<ValueType, 128> types = {};
  types['i'] = ValueType::kI32;
  types['l'] = ValueType::kI64;
  types['f'] = ValueType::kF32;
  types['d'] = ValueType::kF64;
  types['v'] = ValueType::kV128;
  return types;
}
constexpr std::array<ValueType, 128> kLetterTypes = MakeLetterTypes();

bool AddressesTable(Immediate immediate) {
  return immediate == Immediate::kTable ||
         immediate == Immediate::kTableTable ||
         immediate == Immediate::kElementTable;
}

const Limits& AddressedLimits(const Module& module, Immediate immediate,
                              uint32_t index) {
  return AddressesTable(immediate) ? module.tables[index].type.limits
                                   : module.memories[index].limits;
}

}  // namespace

FunctionReader::FunctionReader(const Module& module, uint32_t function)
    : module_(module),
      type_(module.function_type(function)),
      reader_(module.bodies[function - module.imported_functions].bytes,
              module.bodies[function - module.imported_functions].offset) {
  Enter(BlockKind::kFunction, BlockSignature(&type_));
  ReadLocals();
}

bool FunctionReader::ReadLocals() {
  locals_ = type_.params;
  uint32_t groups;
  if (!reader_.ReadCount(groups, "local declarations")) return false;
  bool all_defaultable = true;
  for (uint32_t i = 0; i < groups; ++i) {
    const size_t offset = reader_.offset();
    uint32_t count;
    ValueType type;
    if (!reader_.ReadU32(count)) return false;
    if (count > kMaxLocals || locals_.size() + count > kMaxLocals) {
      return reader_.FailAt(
          offset, "too many locals: more than " + std::to_string(kMaxLocals));
    }
    if (!ReadValueType(reader_, type)) return false;
    if (!TypeExists(type, module_.types.size())) {
      return reader_.FailInvalid(offset, "unknown type " + type.ToString());
    }
    locals_.insert(locals_.end(), count, type);
    all_defaultable = all_defaultable && IsDefaultable(type);
  }
  if (all_defaultable) return true;
  for (size_t i = 0; i < locals_.size(); ++i) {
    readable_.push_back(i < type_.params.size() || IsDefaultable(locals_[i]));
  }
  return true;
}

bool FunctionReader::Next(Instruction& instruction) {
  if (done_ || !reader_.status().ok()) return false;
  if (!ReadInstruction(reader_, module_, instruction)) return false;
  op_ = instruction.op;
  offset_ = instruction.offset;
  instruction.reachable = reachable();
  return Apply(instruction);
}

bool FunctionReader::Apply(Instruction& instruction) {
  const OpcodeInfo& info = GetOpcodeInfo(instruction.op);
  if (info.immediate != Immediate::kNone && !CheckIndices(instruction)) {
    return false;
  }
  if (info.params.special()) return ApplySpecial(instruction);
  if (AddressesTable(info.immediate)) {
    instruction.type = module_.tables[instruction.index].type.element;
  }
  for (uint32_t i = info.params.size(); i-- > 0;) {
    if (!Pop(LetterType(info.params[i], instruction))) return false;
  }
  for (uint32_t i = 0; i < info.results.size(); ++i) {
    Push(LetterType(info.results[i], instruction));
  }
  return true;
}

ValueType FunctionReader::LetterType(char letter,
                                     const Instruction& instruction) const {
  const ValueType fixed = kLetterTypes[static_cast<uint8_t>(letter)];
  if (fixed.kind() != ValueType::kBottom) return fixed;
  if (letter == 'e') return instruction.type;
  const Immediate immediate = GetOpcodeInfo(instruction.op).immediate;
  const Limits& first = AddressedLimits(module_, immediate, instruction.index);
  if (letter == 'a') return first.address_type();
  const Limits& second =
      AddressedLimits(module_, immediate, instruction.index2);
  if (letter == 'b') return second.address_type();
  return first.is64 ? second.address_type() : ValueType(ValueType::kI32);
}

// Every index exists, and what it names fits the operator.
bool FunctionReader::CheckIndices(const Instruction& instruction) {
  auto below = [this](uint32_t index, size_t size, std::string_view what) {
    if (index < size) return true;
    return Fail("unknown " + std::string(what) + " " + std::to_string(index));
  };
  const uint32_t index = instruction.index;
  const uint32_t index2 = instruction.index2;
  const Module& m = module_;
  switch (GetOpcodeInfo(instruction.op).immediate) {
    case Immediate::kLabel:
      return CheckLabel(index);
    case Immediate::kFunction:
      return below(index, m.functions.size(), "function");
    case Immediate::kType:
      return below(index, m.types.size(), "type");
    case Immediate::kTypeTable:
      return below(index, m.types.size(), "type") &&
             below(index2, m.tables.size(), "table");
    case Immediate::kLocal:
      return below(index, locals_.size(), "local");
    case Immediate::kGlobal:
      return below(index, m.globals.size(), "global");
    case Immediate::kTable:
      return below(index, m.tables.size(), "table");
    case Immediate::kTableTable:
      return below(index, m.tables.size(), "table") &&
             below(index2, m.tables.size(), "table") &&
             CheckElementType(m.tables[index2].type.element, index);
    case Immediate::kElement:
      return below(index, m.elements.size(), "element segment");
    case Immediate::kElementTable:
      return below(index, m.tables.size(), "table") &&
             below(index2, m.elements.size(), "element segment") &&
             CheckElementType(m.elements[index2].type, index);
    case Immediate::kMemory:
      return below(index, m.memories.size(), "memory");
    case Immediate::kMemoryMemory:
      return below(index, m.memories.size(), "memory") &&
             below(index2, m.memories.size(), "memory");
    case Immediate::kData:
      return CheckDataSegment(index);
    case Immediate::kDataMemory:
      return below(index, m.memories.size(), "memory") &&
             CheckDataSegment(index2);
    case Immediate::kTag:
      return below(index, m.tags.size(), "tag");
    case Immediate::kSelectTypes:
    case Immediate::kHeapType:
      return TypeExists(instruction.type, m.types.size()) ||
             Fail("unknown type " + instruction.type.ToString());
    case Immediate::kMemArg:
    case Immediate::kMemArgLane:
      return below(index, m.memories.size(), "memory") &&
             CheckAccess(instruction);
    case Immediate::kLane:
    case Immediate::kShuffle:
      return CheckLanes(instruction);
    default:
      return true;
  }
}

// Alignment and offset of a memory access.
bool FunctionReader::CheckAccess(const Instruction& instruction) {
  constexpr uint8_t kAtomicPrefix = 0xfe;
  const OpcodeInfo& info = GetOpcodeInfo(instruction.op);
  if (instruction.alignment > info.detail) {
    return Fail("alignment must not be larger than natural");
  }
  if (info.prefix == kAtomicPrefix && instruction.alignment != info.detail) {
    return Fail("atomic alignment must be natural");
  }
  if (!module_.memories[instruction.index].limits.is64 &&
      instruction.memory_offset > ~uint32_t{0}) {
    return Fail("offset out of range");
  }
  constexpr uint32_t kVectorBytes = 16;
  if (info.immediate == Immediate::kMemArgLane &&
      instruction.lane >= kVectorBytes >> info.detail) {
    return Fail("invalid lane index");
  }
  return true;
}

bool FunctionReader::CheckLanes(const Instruction& instruction) {
  const OpcodeInfo& info = GetOpcodeInfo(instruction.op);
  bool valid =
      info.immediate == Immediate::kShuffle || instruction.lane < info.detail;
  if (info.immediate == Immediate::kShuffle) {
    for (uint8_t lane : instruction.v128) valid = valid && lane < info.detail;
  }
  return valid || Fail("invalid lane index");
}

// The elements copied into a table fit it.
bool FunctionReader::CheckElementType(ValueType source, uint32_t table) {
  const ValueType expected = module_.tables[table].type.element;
  return Matches(module_, source, expected) || Mismatch(expected, source);
}

// Bodies may name data segments only when the data count section announced
// how many there are.
bool FunctionReader::CheckDataSegment(uint32_t segment) {
  if (!module_.data_count && !module_.data.empty()) {
    return reader_.FailAt(offset_, "data count section required");
  }
  return segment < module_.data.size() ||
         Fail("unknown data segment " + std::to_string(segment));
}

void FunctionReader::PushAll(std::span<const ValueType> types) {
  stack_.insert(stack_.end(), types.begin(), types.end());
}

bool FunctionReader::PopAny(ValueType& type) {
  const ControlFrame& frame = frames_.back();
  if (stack_.size() > frame.height) {
    type = stack_.back();
    stack_.pop_back();
    return true;
  }
  type = ValueType::kBottom;
  return frame.unreachable ||
         Fail("type mismatch: expected an operand, found an empty stack");
}

bool FunctionReader::PopSlow(ValueType expected) {
  ValueType found;
  if (stack_.size() == frames_.back().height && !frames_.back().unreachable) {
    return Fail("type mismatch: expected " + expected.ToString() +
                ", found an empty stack");
  }
  if (!PopAny(found)) return false;
  return Matches(module_, found, expected) || Mismatch(expected, found);
}

bool FunctionReader::PopAll(std::span<const ValueType> types) {
  for (size_t i = types.size(); i-- > 0;) {
    if (!Pop(types[i])) return false;
  }
  return true;
}

bool FunctionReader::PopReference(ValueType& type) {
  if (!PopAny(type)) return false;
  if (type.kind() == ValueType::kBottom) {
    type = ValueType::Ref(HeapType::kBottomHeap, /*nullable=*/false);
  }
  return type.is_ref() ||
         Fail("type mismatch: expected a reference, found " + type.ToString());
}

bool FunctionReader::CheckTop(std::span<const ValueType> types) {
  const ControlFrame& frame = frames_.back();
  const size_t available = stack_.size() - frame.height;
  for (size_t i = 0; i < types.size(); ++i) {
    const ValueType expected = types[types.size() - 1 - i];
    if (i >= available) {
      return frame.unreachable ||
             Fail("type mismatch: expected " + expected.ToString() +
                  ", found an empty stack");
    }
    const ValueType found = stack_[stack_.size() - 1 - i];
    if (!Matches(module_, found, expected)) return Mismatch(expected, found);
  }
  return true;
}

bool FunctionReader::Fail(std::string_view message) {
  return reader_.FailInvalid(
      offset_, std::string(OpcodeName(op_)) + ": " + std::string(message));
}

bool FunctionReader::Mismatch(ValueType expected, ValueType found) {
  return Fail("type mismatch: expected " + expected.ToString() + ", found " +
              found.ToString());
}

}  // namespace slipway::wasm
