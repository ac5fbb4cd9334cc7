// One decoded operator with its immediates. Which fields mean something
// depends on GetOpcodeInfo(op).immediate; the others hold leftovers.
//
// Reuse one Instruction for a whole function: its vectors keep their capacity,
// so that decoding allocates nothing per operator.

#ifndef SLIPWAY_RUNTIME_WASM_INSTRUCTION_H_
#define SLIPWAY_RUNTIME_WASM_INSTRUCTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/wasm/opcode.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// The parameters and results of a block, loop, if, try, try_table or function
// body.
// Small and copyable. The spans of a one-result shorthand point into this
// object, all others into the Module.
class BlockSignature {
 public:
  BlockSignature() = default;  // no parameters, no results
  explicit BlockSignature(const FuncType* type) : type_(type) {}
  explicit BlockSignature(ValueType result) : result_(result) {}

  std::span<const ValueType> params() const {
    if (type_ != nullptr) return type_->params;
    return {};
  }
  std::span<const ValueType> results() const {
    if (type_ != nullptr) return type_->results;
    return {&result_, result_.kind() == ValueType::kBottom ? 0u : 1u};
  }

 private:
  const FuncType* type_ = nullptr;
  ValueType result_;  // kBottom: none
};

// A catch clause of try_table. Branches to `label` (relative depth, counted
// outside the try_table) with the tag's parameters, then the exnref.
struct CatchClause {
  enum class Kind : uint8_t {
    kCatch = 0,
    kCatchRef = 1,
    kCatchAll = 2,
    kCatchAllRef = 3,
  };
  Kind kind = Kind::kCatch;
  uint32_t tag = 0;  // kCatch, kCatchRef
  uint32_t label = 0;

  bool has_tag() const { return kind <= Kind::kCatchRef; }
  bool has_ref() const {
    return kind == Kind::kCatchRef || kind == Kind::kCatchAllRef;
  }
};

struct Instruction {
  Opcode op = Opcode::kNop;
  // Of the opcode's first byte in the file.
  size_t offset = 0;

  // Indices; see Immediate for what each is. `index` is always the memory or
  // table addressed by the first address operand.
  uint32_t index = 0;
  uint32_t index2 = 0;

  // Memory accesses.
  uint32_t alignment = 0;      // log2 of the hint
  uint64_t memory_offset = 0;  // static offset in bytes

  // Constants.
  union {
    int32_t i32;
    int64_t i64 = 0;
    uint32_t f32_bits;
    uint64_t f64_bits;
  };
  uint8_t lane = 0;
  std::array<uint8_t, 16> v128 = {};

  // From the immediate of select (typed) and ref.null, and found out by
  // validation for: drop, select, local.*, global.*, table.get/set/grow/fill,
  // ref.is_null, ref.as_non_null, br_on_null and br_on_non_null (the operand's
  // type), ref.func (the result's). In unreachable code it may be
  // kBottom, or a reference to kBottomHeap.
  ValueType type;

  // block, loop, if, try, try_table: the block entered. else: of the if.
  // catch, catch_all: of the try. end, delegate: the block that ends.
  BlockSignature block;
  std::vector<uint32_t> targets;     // br_table
  std::vector<CatchClause> catches;  // try_table

  // Set by FunctionReader: whether control can reach this instruction, as far
  // as validation knows (see function_reader.h).
  bool reachable = true;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_INSTRUCTION_H_
