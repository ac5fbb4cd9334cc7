#include "runtime/wasm/testing/operator_snippet.h"

#include <array>
#include <bit>

#include "runtime/wasm/letter_type.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/code.h"

namespace slipway::wasm {
namespace {

bool IsNumberOrVector(ValueType type) {
  return !type.is_ref() && type.kind() != ValueType::kBottom;
}

class Snippet {
 public:
  Snippet(const Module& module, const SnippetPlace& place,
          std::minstd_rand& random)
      : module_(module), place_(place), random_(random) {}

  std::string Make() {
    if (OneIn(8)) return CallSnippet();
    if (OneIn(8)) return LocalSnippet();
    const auto op = static_cast<Opcode>(Below(kOpcodeCount));
    if (!CanUse(GetOpcodeInfo(op))) return "";
    const bool uses_top = UsesTop(GetOpcodeInfo(op));
    if (!uses_top && OneIn(3)) return InBlock(op);
    Append(op, uses_top);
    return code_.bytes();
  }

 private:
  uint32_t Below(uint32_t bound) { return random_() % bound; }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  // Fixed types, and immediates for which there is something in the module.
  bool CanUse(const OpcodeInfo& info) {
    if (info.params.special() || info.results.special()) return false;
    switch (info.immediate) {
      case Immediate::kNone:
      case Immediate::kI32:
      case Immediate::kI64:
      case Immediate::kLane:
      case Immediate::kFence:
        return true;
      case Immediate::kMemArg:
      case Immediate::kMemArgLane:
      case Immediate::kMemory:
      case Immediate::kMemoryMemory:
        return PickIndices(module_.memories.size());
      case Immediate::kDataMemory:
        if (!module_.data_count.value_or(0)) return false;
        segment_ = Below(*module_.data_count);
        return PickIndices(module_.memories.size());
      case Immediate::kTable:
        if (!PickIndices(module_.tables.size())) return false;
        on_table_ = true;
        return module_.tables[index_].type.element.nullable();
      default:
        return false;
    }
  }

  bool PickIndices(size_t count) {
    if (count == 0) return false;
    index_ = Below(static_cast<uint32_t>(count));
    index2_ = Below(static_cast<uint32_t>(count));
    return true;
  }

  const Limits& LimitsOf(uint32_t index) const {
    return on_table_ ? module_.tables[index].type.limits
                     : module_.memories[index].limits;
  }

  ValueType LetterType(char letter) const {
    const ValueType fixed = FixedLetterType(letter);
    if (fixed.kind() != ValueType::kBottom) return fixed;
    switch (letter) {
      case 'a':
        return LimitsOf(index_).address_type();
      case 'b':
        return LimitsOf(index2_).address_type();
      case 'm':
        return LimitsOf(index_).is64 ? LetterType('b') : ValueType::kI32;
      default:
        return module_.tables[index_].type.element;
    }
  }

  bool UsesTop(const OpcodeInfo& info) const {
    return place_.top && IsNumberOrVector(*place_.top) &&
           info.params.size() > 0 && LetterType(info.params[0]) == *place_.top;
  }

  void Append(Opcode op, bool uses_top) {
    const OpcodeInfo& info = GetOpcodeInfo(op);
    for (uint32_t i = uses_top ? 1 : 0; i < info.params.size(); ++i) {
      Constant(LetterType(info.params[i]));
    }
    AppendOperator(op, info.immediate);
    if (uses_top && info.results.size() == 1 &&
        LetterType(info.results[0]) == *place_.top) {
      return;
    }
    for (uint32_t i = 0; i < info.results.size(); ++i) code_.Op(Opcode::kDrop);
    if (uses_top) Constant(*place_.top);
  }

  void AppendOperator(Opcode op, Immediate immediate) {
    const int64_t offset = OneIn(2) ? 0 : Below(1 << 12);
    switch (immediate) {
      case Immediate::kMemArg:
      case Immediate::kMemArgLane:
        code_.Op(op, offset, index_, Below(2));
        return;
      case Immediate::kDataMemory:
        code_.Op(op, segment_, index_);
        return;
      case Immediate::kI32:
      case Immediate::kI64:
        code_.Op(op, Number());
        return;
      case Immediate::kLane:
        code_.Op(op, Below(2));
        return;
      case Immediate::kMemory:
      case Immediate::kMemoryMemory:
      case Immediate::kTable:
        code_.Op(op, index_, index2_);
        return;
      default:
        code_.Op(op);
    }
  }

  // Small, near a power of two, or anything; never outside of 32 bits.
  int32_t Number() {
    if (OneIn(2)) return static_cast<int32_t>(Below(16)) - 4;
    if (OneIn(2)) {
      const uint32_t power = 1u << Below(32);
      return static_cast<int32_t>(power + Below(3) - 1);
    }
    return static_cast<int32_t>(random_() << 1);
  }

  void Constant(ValueType type) {
    switch (type.kind()) {
      case ValueType::kI32:
        code_.I32(Number());
        return;
      case ValueType::kI64:
        code_.I64(Number());
        return;
      case ValueType::kF32:
        code_.F32(OneIn(2) ? static_cast<float>(Number())
                           : std::bit_cast<float>(Number()));
        return;
      case ValueType::kF64:
        code_.F64(OneIn(2) ? Number()
                           : std::bit_cast<double>(uint64_t{random_()} << 33));
        return;
      case ValueType::kV128: {
        std::array<uint8_t, 16> bytes;
        for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Below(256));
        code_.V128(bytes);
        return;
      }
      default:
        code_.RefNull(type.heap());
    }
  }

  std::string InBlock(Opcode op) {
    code_.Block(Opcode::kBlock);
    switch (Below(4)) {
      case 0:
        code_.Block(Opcode::kBlock);
        break;
      case 1:
        code_.Block(Opcode::kLoop);
        break;
      case 2:
        code_.I32(Number()).Block(Opcode::kIf);
        break;
      default:
        code_.TryTable({{CatchClause::Kind::kCatchAll, 0, 0}});
    }
    Append(op, false);
    if (OneIn(2)) code_.I32(0).Op(Opcode::kBrIf, Below(2));
    return code_.End().End().bytes();
  }

  std::string CallSnippet() {
    if (module_.functions.empty()) return "";
    const uint32_t function =
        Below(static_cast<uint32_t>(module_.functions.size()));
    const FuncType& type = module_.function_type(function);
    for (const ValueType& param : type.params) {
      if (param.is_ref() && !param.nullable()) return "";
      Constant(param);
    }
    code_.Op(Opcode::kCall, function);
    for (size_t i = 0; i < type.results.size(); ++i) code_.Op(Opcode::kDrop);
    return code_.bytes();
  }

  std::string LocalSnippet() {
    if (place_.locals.empty()) return "";
    const uint32_t local = Below(static_cast<uint32_t>(place_.locals.size()));
    const ValueType type = place_.locals[local];
    if (!IsNumberOrVector(type)) return "";
    if (place_.top == type) return code_.Op(Opcode::kLocalTee, local).bytes();
    Constant(type);
    return code_.LocalSet(local).bytes();
  }

  const Module& module_;
  const SnippetPlace& place_;
  std::minstd_rand& random_;
  Code code_;
  // Memories, or tables when on_table_.
  uint32_t index_ = 0;
  uint32_t index2_ = 0;
  uint32_t segment_ = 0;
  bool on_table_ = false;
};

}  // namespace

std::string OperatorSnippet(const Module& module, const SnippetPlace& place,
                            std::minstd_rand& random) {
  return Snippet(module, place, random).Make();
}

}  // namespace slipway::wasm
