// The loop over a body's operators: decoding, the checks of immediates, and the
// operators that opcode.def types by itself. This is where the time goes when a
// module is loaded, so each kind of row has a function of its own, in which the
// row is constant.

#include "runtime/wasm/function_reader.h"

#include <array>
#include <string>

#include "runtime/wasm/instruction_decoder.h"
#include "runtime/wasm/letter_type.h"
#include "runtime/wasm/limits.h"
#include "runtime/wasm/subtyping.h"
#include "runtime/wasm/type_decoder.h"

namespace slipway::wasm {
namespace {

// The first operator whose row says the same, apart from names and encoding, so
// that one function does for both.
constexpr Opcode FirstLike(Opcode op) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  for (uint16_t i = 0; !info.params.special(); ++i) {
    const OpcodeInfo& other = kOpcodeTable[i];
    if (other.immediate == info.immediate && other.params == info.params &&
        other.results == info.results) {
      return static_cast<Opcode>(i);
    }
  }
  return op;
}

constexpr bool AddressesTable(Immediate immediate) {
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

void FunctionReader::Start(uint32_t function) {
  const FunctionBody& body =
      module_.bodies[function - module_.imported_functions];
  reader_ = ByteReader(body.bytes, body.offset);
  type_ = &module_.function_type(function);
  done_ = false;
  stack_.clear();
  frames_.clear();
  initialized_.clear();
  Enter(BlockKind::kFunction, BlockSignature(type_));
  ReadLocals();
}

bool FunctionReader::ReadLocals() {
  locals_ = type_->params;
  readable_.clear();
  uint32_t groups;
  if (!reader_.ReadCount(groups, "local declarations")) return false;
  bool all_defaultable = true;
  for (uint32_t i = 0; i < groups; ++i) {
    const size_t offset = reader_.offset();
    uint32_t count;
    ValueType type;
    if (!reader_.ReadU32(count)) return false;
    const uint64_t all = locals_.size() + uint64_t{count};
    if (all > kMaxLocals) {
      return reader_.FailAt(offset, TooMany("locals", all, kMaxLocals));
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
    readable_.push_back(i < type_->params.size() || IsDefaultable(locals_[i]));
  }
  return true;
}

// The functions from here to Step are inlined there, with a constant row.

// The frequent kinds without a detour.
[[gnu::always_inline]] inline bool FunctionReader::ReadImmediatesOf(
    Immediate immediate, Instruction& instruction) {
  switch (immediate) {
    case Immediate::kNone:
      return true;
    case Immediate::kLabel:
    case Immediate::kFunction:
    case Immediate::kLocal:
    case Immediate::kGlobal:
      return reader_.ReadU32(instruction.index);
    case Immediate::kI32:
      return reader_.ReadS32(instruction.i32);
    case Immediate::kI64:
      return reader_.ReadS64(instruction.i64);
    case Immediate::kMemArg:
      return ReadMemArg(reader_, instruction);
    default:
      return ReadImmediates(reader_, module_, instruction);
  }
}

// Every index exists, and what it names fits the operator.
[[gnu::always_inline]] inline bool FunctionReader::CheckImmediates(
    Immediate immediate, const Instruction& instruction) {
  auto below = [this](uint32_t index, size_t size, std::string_view what) {
    return index < size || FailUnknown(what, index);
  };
  const uint32_t index = instruction.index;
  const uint32_t index2 = instruction.index2;
  const Module& m = module_;
  switch (immediate) {
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
    return Fail(
        "alignment must not be larger than natural: expected at most 2^" +
        std::to_string(info.detail) + ", found 2^" +
        std::to_string(instruction.alignment));
  }
  if (info.prefix == kAtomicPrefix && instruction.alignment != info.detail) {
    return Fail("atomic alignment must be natural: expected 2^" +
                std::to_string(info.detail) + ", found 2^" +
                std::to_string(instruction.alignment));
  }
  if (!module_.memories[instruction.index].limits.is64 &&
      instruction.memory_offset > ~uint32_t{0}) {
    return Fail("offset out of range: expected at most 4294967295, found " +
                std::to_string(instruction.memory_offset));
  }
  constexpr uint32_t kVectorBytes = 16;
  return info.immediate != Immediate::kMemArgLane ||
         CheckLane(instruction.lane, kVectorBytes >> info.detail);
}

bool FunctionReader::CheckLanes(const Instruction& instruction) {
  const OpcodeInfo& info = GetOpcodeInfo(instruction.op);
  if (info.immediate == Immediate::kLane) {
    return CheckLane(instruction.lane, info.detail);
  }
  for (uint8_t lane : instruction.v128) {
    if (!CheckLane(lane, info.detail)) return false;
  }
  return true;
}

bool FunctionReader::CheckLane(uint32_t lane, uint32_t lanes) {
  return lane < lanes ||
         Fail("invalid lane index: expected less than " +
              std::to_string(lanes) + ", found " + std::to_string(lane));
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

[[gnu::always_inline]] inline bool FunctionReader::ApplyRow(
    const OpcodeInfo& info, Instruction& instruction) {
  if (AddressesTable(info.immediate)) {
    instruction.type = module_.tables[instruction.index].type.element;
  }
  for (uint32_t i = info.params.size(); i-- > 0;) {
    if (!Pop(LetterType(info.immediate, info.params[i], instruction))) {
      return false;
    }
  }
  for (uint32_t i = 0; i < info.results.size(); ++i) {
    Push(LetterType(info.immediate, info.results[i], instruction));
  }
  return true;
}

[[gnu::always_inline]] inline ValueType FunctionReader::LetterType(
    Immediate immediate, char letter, const Instruction& instruction) const {
  const ValueType fixed = FixedLetterType(letter);
  if (fixed.kind() != ValueType::kBottom) return fixed;
  if (letter == 'e') return instruction.type;
  const Limits& first = AddressedLimits(module_, immediate, instruction.index);
  if (letter == 'a') return first.address_type();
  const Limits& second =
      AddressedLimits(module_, immediate, instruction.index2);
  if (letter == 'b') return second.address_type();
  return first.is64 ? second.address_type() : ValueType(ValueType::kI32);
}

[[gnu::always_inline]] inline bool FunctionReader::ApplyLocal(
    Opcode op, Instruction& instruction) {
  const uint32_t local = instruction.index;
  instruction.type = locals_[local];
  if (op == Opcode::kLocalGet) {
    Push(instruction.type);
    return readable_.empty() || readable_[local] ||
           Fail("uninitialized local " + std::to_string(local));
  }
  if (!Pop(instruction.type)) return false;
  if (op == Opcode::kLocalTee) Push(instruction.type);
  if (!readable_.empty() && !readable_[local]) {
    readable_[local] = true;
    initialized_.push_back(local);
  }
  return true;
}

[[gnu::always_inline]] inline bool FunctionReader::ApplySpecial(
    Opcode op, Instruction& instruction) {
  switch (op) {
    case Opcode::kUnreachable:
      SetUnreachable();
      return true;
    case Opcode::kBlock:
      return ApplyEnter(instruction, BlockKind::kBlock);
    case Opcode::kLoop:
      return ApplyEnter(instruction, BlockKind::kLoop);
    case Opcode::kIf:
      return Pop(ValueType::kI32) && ApplyEnter(instruction, BlockKind::kIf);
    case Opcode::kTryTable:
      return ApplyTryTable(instruction);
    case Opcode::kTry:
      return ApplyEnter(instruction, BlockKind::kTry);
    case Opcode::kElse:
      return ApplyElse(instruction);
    case Opcode::kCatch:
    case Opcode::kCatchAll:
      return ApplyCatch(instruction);
    case Opcode::kDelegate:
      return ApplyDelegate(instruction);
    case Opcode::kEnd:
      return ApplyEnd(instruction);
    case Opcode::kBr:
      return ApplyBranch(instruction.index);
    case Opcode::kBrIf:
      return ApplyBranchIf(instruction.index);
    case Opcode::kBrTable:
      return ApplyBranchTable(instruction);
    case Opcode::kReturn:
      return ApplyBranch(depth() - 1);
    case Opcode::kCall:
      return ApplyCall(module_.function_type(instruction.index));
    case Opcode::kReturnCall:
      return ApplyTailCall(module_.function_type(instruction.index));
    case Opcode::kCallIndirect:
    case Opcode::kCallRef:
      return PopCallee(instruction) &&
             ApplyCall(module_.types[instruction.index]);
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef:
      return PopCallee(instruction) &&
             ApplyTailCall(module_.types[instruction.index]);
    case Opcode::kThrow:
      return ApplyThrow(instruction);
    case Opcode::kRethrow:
      return ApplyRethrow(instruction);
    case Opcode::kThrowRef:
      if (!Pop(ValueType::ExnRef())) return false;
      SetUnreachable();
      return true;
    case Opcode::kDrop:
      return PopAny(instruction.type);
    case Opcode::kSelect:
    case Opcode::kSelectTyped:
      return ApplySelect(instruction);
    case Opcode::kLocalGet:
    case Opcode::kLocalSet:
    case Opcode::kLocalTee:
      return ApplyLocal(op, instruction);
    case Opcode::kGlobalGet:
    case Opcode::kGlobalSet:
      return ApplyGlobal(instruction);
    default:
      return ApplyReference(instruction);
  }
}

// Decodes and checks an operator like kOp.
template <Opcode kOp>
bool FunctionReader::Step(FunctionReader& reader, Instruction& instruction) {
  constexpr const OpcodeInfo& kInfo = GetOpcodeInfo(kOp);
  constexpr Immediate kImmediate = kInfo.immediate;
  if (!reader.ReadImmediatesOf(kImmediate, instruction)) return false;
  if (!reader.CheckImmediates(kImmediate, instruction)) return false;
  if constexpr (kInfo.params.special()) {
    return reader.ApplySpecial(kOp, instruction);
  } else {
    return reader.ApplyRow(kInfo, instruction);
  }
}

const FunctionReader::StepFunction FunctionReader::kSteps[] = {
#define OP(name, ...) &FunctionReader::Step<FirstLike(Opcode::k##name)>,
#include "runtime/wasm/opcode.def"
};

bool FunctionReader::Next(Instruction& instruction) {
  if (done_ || !reader_.status().ok()) return false;
  if (!ReadOpcode(reader_, instruction)) return false;
  op_ = instruction.op;
  offset_ = instruction.offset;
  instruction.reachable = reachable();
  return kSteps[static_cast<size_t>(op_)](*this, instruction);
}

}  // namespace slipway::wasm
