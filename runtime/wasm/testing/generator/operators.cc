// Operators that a row of opcode.def describes completely: chosen by their
// result, operands by their letters.

#include <string_view>

#include "runtime/wasm/letter_type.h"
#include "runtime/wasm/testing/generator/body.h"
#include "runtime/wasm/testing/generator/constants.h"

namespace slipway::wasm {
namespace {

constexpr uint8_t kVectorPrefix = 0xfd;
constexpr uint8_t kAtomicPrefix = 0xfe;
constexpr uint32_t kMaxLength = 32;  // of bulk operators, mostly

bool Contains(Opcode op, std::string_view part) {
  return OpcodeName(op).find(part) != std::string_view::npos;
}

bool IsFloat(ValueType type) {
  return type.kind() == ValueType::kF32 || type.kind() == ValueType::kF64;
}

bool IsRelaxed(Opcode op) {
  constexpr uint32_t kFirstRelaxed = 0x100;
  const OpcodeInfo& info = GetOpcodeInfo(op);
  return info.prefix == kVectorPrefix && info.code >= kFirstRelaxed;
}

// Whether it can be seen which NaN this operand is.
bool ShowsBits(Opcode op, uint32_t position) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  return info.prefix == kVectorPrefix || info.immediate == Immediate::kMemArg ||
         Contains(op, "reinterpret") ||
         (Contains(op, "copysign") && position == 1);
}

// Whether a scalar result has the bits of some operand or of memory.
bool KeepsBits(Opcode op) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  return info.immediate != Immediate::kNone || Contains(op, "reinterpret") ||
         Contains(op, ".abs") || Contains(op, ".neg") ||
         Contains(op, "copysign");
}

// Whether lanes of the result may be NaNs that the operator made.
bool MakesNanLanes(Opcode op) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  constexpr uint32_t kFirstComparison = 0x41, kLastComparison = 0x4c;
  return info.prefix == kVectorPrefix && info.immediate == Immediate::kNone &&
         OpcodeName(op)[0] == 'f' && info.results[0] == 'v' &&
         info.params[0] == 'v' &&
         (info.code < kFirstComparison || info.code > kLastComparison) &&
         !Contains(op, ".abs") && !Contains(op, ".neg") && !Contains(op, ".pm");
}

ValueType LaneType(Opcode op) {
  return OpcodeName(op).starts_with("f64") ? ValueType::kF64 : ValueType::kF32;
}

bool TrapsOutOfRange(Opcode op) {
  return GetOpcodeInfo(op).prefix == 0 && Contains(op, ".trunc_");
}

std::array<uint8_t, 16> Splat(std::initializer_list<uint8_t> lane) {
  std::array<uint8_t, 16> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = lane.begin()[i % lane.size()];
  }
  return bytes;
}

}  // namespace

// Operands and operator. Returns as Expression does.
bool BodyGenerator::RowOperator(Opcode op, const Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  bool same_bits = true;
  for (uint32_t i = 0; i < info.params.size(); ++i) {
    const bool same = Operand(op, i, immediates);
    if (i == 0) same_bits = same;
  }
  Append(op, immediates);
  if (MakesNanLanes(op)) {
    AppendCanonicalise(LaneType(op).kind(), true, scratch_[ValueType::kV128],
                       code_);
    return true;
  }
  return same_bits && KeepsBits(op);
}

// False when the module has nothing for the operator to work on, or nothing
// whose address type or element type makes the result as wanted.
bool BodyGenerator::ChooseImmediates(Opcode op, std::optional<ValueType> wanted,
                                     Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  const bool address_result =
      info.results.size() == 1 && info.results[0] == 'a';
  switch (info.immediate) {
    case Immediate::kMemArg:
    case Immediate::kMemArgLane:
      immediates.index = choices_.Below(plan_.memory_count());
      ChooseAccess(op, immediates);
      // To wait on a memory that is not shared traps.
      return !Contains(op, "atomic.wait") ||
             plan_.memories[immediates.index].shared || choices_.OneIn(20);
    case Immediate::kMemory:
      immediates.index = choices_.Below(plan_.memory_count());
      return !address_result ||
             plan_.memories[immediates.index].address_type() == wanted;
    case Immediate::kMemoryMemory:
      immediates.index = choices_.Below(plan_.memory_count());
      immediates.index2 = choices_.Below(plan_.memory_count());
      return true;
    case Immediate::kDataMemory:
      immediates.index = choices_.Below(plan_.memory_count());
      immediates.index2 = plan_.data_index(
          choices_.Below(static_cast<uint32_t>(plan_.data.size())));
      return true;
    case Immediate::kData:
      immediates.index = choices_.Below(
          plan_.data_index(static_cast<uint32_t>(plan_.data.size())));
      return true;
    case Immediate::kElement:
      immediates.index = choices_.Below(
          plan_.element_index(static_cast<uint32_t>(plan_.elements.size())));
      return true;
    case Immediate::kLane:
      immediates.lane = static_cast<uint8_t>(choices_.Below(info.detail));
      return true;
    default:
      return ChooseTables(op, wanted, immediates);
  }
}

bool BodyGenerator::ChooseTables(Opcode op, std::optional<ValueType> wanted,
                                 Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  if (info.immediate != Immediate::kTable &&
      info.immediate != Immediate::kTableTable &&
      info.immediate != Immediate::kElementTable) {
    return true;
  }
  const auto tables = static_cast<uint32_t>(plan_.tables.size());
  immediates.index = choices_.Below(tables);
  const TableType& table = plan_.tables[immediates.index].type;
  if (info.immediate == Immediate::kTableTable) {
    immediates.index2 = choices_.Below(tables);
    return IsSubtype(plan_, plan_.tables[immediates.index2].type.element,
                     table.element);
  }
  if (info.immediate == Immediate::kElementTable) {
    const uint32_t passive =
        choices_.Below(static_cast<uint32_t>(plan_.elements.size()));
    immediates.index2 = plan_.element_index(passive);
    return IsSubtype(plan_, plan_.elements[passive].type, table.element);
  }
  if (!wanted) return true;
  return info.results[0] == 'e' ? IsSubtype(plan_, table.element, *wanted)
                                : table.limits.address_type() == *wanted;
}

void BodyGenerator::ChooseAccess(Opcode op, Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  const uint32_t size = 1u << info.detail;
  const bool atomic = info.prefix == kAtomicPrefix;
  immediates.alignment =
      atomic ? info.detail : info.detail - choices_.Below(info.detail + 1u);
  immediates.lane = static_cast<uint8_t>(choices_.Below(16 / size));
  if (choices_.OneIn(100)) {  // out of every memory, or nearly
    const bool is64 = plan_.memories[immediates.index].is64;
    immediates.offset =
        choices_.Of(InterestingBits(is64 ? ValueType::kI64 : ValueType::kI32));
    if (!is64) immediates.offset &= UINT32_MAX;
  } else {
    immediates.offset = choices_.Below(32) * (atomic ? size : 1);
  }
}

bool BodyGenerator::Operand(Opcode op, uint32_t position,
                            const Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  const char letter = info.params[position];
  const bool segment = info.immediate == Immediate::kDataMemory ||
                       info.immediate == Immediate::kElementTable;
  if (letter == 'e') {
    Expression(plan_.tables[immediates.index].type.element);
    return true;
  }
  if (segment || letter == 'a' || letter == 'b' || letter == 'm') {
    IndexOperand(op, position, immediates);
    return true;
  }
  return NumberOperand(op, position, FixedLetterType(letter));
}

bool BodyGenerator::NumberOperand(Opcode op, uint32_t position,
                                  ValueType type) {
  if (IsRelaxed(op)) {
    RelaxedOperand(op, position);
    return true;
  }
  if (TrapsOutOfRange(op) && !choices_.OneIn(8)) {
    Expression(ValueType::kI32);
    code_.I32(0xffffff).Op(kI32And);
    code_.Op(type == ValueType::kF32 ? kF32ConvertI32S : kF64ConvertI32S);
    return false;
  }
  if (Contains(op, "atomic.wait") && position == 2) {
    code_.I64(choices_.Below(2) * 1000);  // nanoseconds
    return true;
  }
  const bool same_bits = Expression(type);
  if (IsFloat(type) && !same_bits && ShowsBits(op, position)) {
    AppendCanonicalise(type.kind(), false, scratch_[type.kind()], code_);
    return true;
  }
  const bool divides = Contains(op, ".div_") || Contains(op, ".rem_");
  if (divides && position == 1 && !choices_.OneIn(40)) {
    if (type == ValueType::kI32) {
      code_.I32(1).Op(kI32Or);
    } else {
      code_.I64(1).Op(kI64Or);
    }
  }
  return same_bits;
}

// Addresses, element indices, lengths and increments.
void BodyGenerator::IndexOperand(Opcode op, uint32_t position,
                                 const Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  if (info.immediate == Immediate::kMemArg ||
      info.immediate == Immediate::kMemArgLane) {
    return AccessAddress(op, immediates);
  }
  const bool memory = info.immediate == Immediate::kMemory ||
                      info.immediate == Immediate::kMemoryMemory ||
                      info.immediate == Immediate::kDataMemory;
  const bool pair = info.immediate == Immediate::kMemoryMemory ||
                    info.immediate == Immediate::kTableTable;
  auto limits = [&](uint32_t index) -> const Limits& {
    return memory ? plan_.memories[index] : plan_.tables[index].type.limits;
  };
  const Limits& first = limits(immediates.index);
  bool is64 = info.params[position] != 'i' && first.is64;
  if (pair) {
    const bool second64 = limits(immediates.index2).is64;
    if (info.params[position] == 'b') is64 = second64;
    if (info.params[position] == 'm') is64 = first.is64 && second64;
  }
  if (Contains(op, ".grow")) return Bounded(is64, 2, 3);
  const bool length = position == 2;
  if (info.params[position] == 'i' && info.params.size() == 3) {
    const uint64_t part = memory ? kSegmentPart : kElementsPart;
    Bounded(false, part, 2 * part);
  } else if (memory) {
    Bounded(is64, length ? kMaxLength : kDataSize, first.min * kPageSize);
  } else {
    Bounded(is64, length ? 4 : kTableElements, kTableElements);
  }
}

// Mostly where the bodies keep their data; at times at the end of the memory,
// aligned or not, and seldom anywhere.
void BodyGenerator::AccessAddress(Opcode op, const Immediates& immediates) {
  const OpcodeInfo& info = GetOpcodeInfo(op);
  const uint64_t size = uint64_t{1} << info.detail;
  const Limits& limits = plan_.memories[immediates.index];
  const bool atomic = info.prefix == kAtomicPrefix;
  const bool aligned = atomic && !choices_.OneIn(50);
  const uint64_t mask = kDataSize - (aligned ? size : 1);
  if (choices_.OneIn(60)) {
    const uint64_t edge = limits.min * kPageSize - immediates.offset - size;
    const uint64_t address =
        edge + choices_.Below(aligned ? 2 : 9) * (aligned ? size : 1) -
        (aligned ? 0 : 4);
    limits.is64 ? code_.I64(static_cast<int64_t>(address))
                : code_.I32(static_cast<int32_t>(address));
    return;
  }
  Expression(limits.address_type());
  if (choices_.OneIn(100)) return;
  if (limits.is64) {
    code_.I64(static_cast<int64_t>(mask)).Op(kI64And);
  } else {
    code_.I32(static_cast<int32_t>(mask)).Op(kI32And);
  }
}

// An index or length below `bound`, a power of two; at times about `edge`, and
// seldom any.
void BodyGenerator::Bounded(bool is64, uint64_t bound, uint64_t edge) {
  if (choices_.OneIn(60)) {
    const uint64_t value = edge + choices_.Below(5) - 4;
    is64 ? code_.I64(static_cast<int64_t>(value))
         : code_.I32(static_cast<int32_t>(value));
    return;
  }
  Expression(is64 ? ValueType::kI64 : ValueType::kI32);
  if (choices_.OneIn(100)) return;
  if (is64) {
    code_.I64(static_cast<int64_t>(bound - 1)).Op(kI64And);
  } else {
    code_.I32(static_cast<int32_t>(bound - 1)).Op(kI32And);
  }
}

// Operands for which every permitted behaviour of a relaxed operator has the
// same result.
void BodyGenerator::RelaxedOperand(Opcode op, uint32_t position) {
  auto expression_and = [&](std::initializer_list<uint8_t> lane) {
    Expression(ValueType::kV128);
    code_.V128(Splat(lane)).Op(kV128And);
  };
  const bool doubles = Contains(op, "f64x2");
  if (Contains(op, "swizzle")) {
    // Indices in range.
    if (position == 0) {
      Expression(ValueType::kV128);
    } else {
      expression_and({0x0f});
    }
  } else if (Contains(op, "laneselect")) {
    // Masks of whole lanes.
    Expression(ValueType::kV128);
    if (position < 2) return;
    Expression(ValueType::kV128);
    code_.Op(Contains(op, "i8x16")   ? kI8x16LtS
             : Contains(op, "i16x8") ? kI16x8LtS
             : Contains(op, "i32x4") ? kI32x4LtS
                                     : kI64x2LtS);
  } else if (Contains(op, "q15mulr") || Contains(op, "dot")) {
    // Without overflow, and with the second operand's top bits clear.
    if (position == 2) {
      Expression(ValueType::kV128);
    } else {
      expression_and({0x7f});
    }
  } else {
    // Small whole numbers: in range, products exact, no NaN, no -0.
    expression_and({0xff, 0x07, 0, 0});
    code_.Op(doubles ? kF64x2ConvertLowI32x4S : kF32x4ConvertI32x4S);
  }
}

void BodyGenerator::Append(Opcode op, const Immediates& immediates) {
  switch (GetOpcodeInfo(op).immediate) {
    case Immediate::kMemArg:
      code_.Access(op, immediates.alignment, immediates.offset,
                   immediates.index);
      return;
    case Immediate::kMemArgLane:
      code_.Op(op, immediates.offset, immediates.index, immediates.lane);
      return;
    case Immediate::kLane:
      code_.Op(op, immediates.lane);
      return;
    case Immediate::kShuffle: {
      std::array<uint8_t, 16> lanes;
      for (uint8_t& lane : lanes) {
        lane = static_cast<uint8_t>(choices_.Below(32));
      }
      code_.Shuffle(lanes);
      return;
    }
    case Immediate::kDataMemory:
    case Immediate::kElementTable:
      code_.Op(op, immediates.index2, immediates.index);
      return;
    default:
      code_.Op(op, immediates.index, immediates.index2);
  }
}

// An operator without results: stores, bulk operators, fences.
bool BodyGenerator::EffectOperator() {
  static const std::vector<Opcode>& rows = *[] {
    auto* found = new std::vector<Opcode>;
    for (uint32_t i = 0; i < kOpcodeCount; ++i) {
      const OpcodeInfo& info = kOpcodeTable[i];
      if (!info.params.special() && info.results.size() == 0) {
        found->push_back(static_cast<Opcode>(i));
      }
    }
    return found;
  }();
  const Opcode op = choices_.Of(rows);
  Immediates immediates;
  if (!ChooseImmediates(op, std::nullopt, immediates)) return false;
  RowOperator(op, immediates);
  return true;
}

}  // namespace slipway::wasm
