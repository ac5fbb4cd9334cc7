// Decodes and validates one function body in a single pass and hands out its
// instructions one at a time: the validator drains it, the compiler generates
// code from it.
//
//   FunctionReader reader(module, function);
//   Instruction instruction;
//   while (reader.Next(instruction)) {
//     if (!instruction.reachable && !OpensOrClosesBlock(instruction)) continue;
//     Emit(instruction, reader);
//   }
//   if (!reader.status().ok()) return reader.status();
//
// Next() returns an instruction after type-checking it and after applying its
// effect: operands are popped, results pushed, blocks entered or left. So a
// consumer that keeps its own stacks beside the reader's finds them in step
// before the next call. What it needs to know from before is in Instruction
// (`type`, `block`, `reachable`). The last instruction is the `end` of the
// body, after which depth() is 0.
//
// Reachability. Instruction::reachable is false after an unconditional branch
// (br, br_table, return, return_call*, unreachable, throw, throw_ref, rethrow)
// up to the `end`, `delegate`, `else`, `catch` or `catch_all` of the block that
// held it, and inside blocks that were entered unreachably. `else` is reachable
// exactly when its `if` was, and so are `catch` and `catch_all`. The
// instruction after an `end` is reachable when the block was entered
// reachably, whether or not anything branches to its end: a consumer that
// wants better counts branches itself. `end` and `delegate` themselves say
// whether control falls into them. Unreachable code is type-checked all the
// same.
//
// Preconditions: the Module passed ValidateModule (validator.h), is not
// code_omitted, and outlives the reader. One thread at a time.
// Source: core specification, appendix "Validation Algorithm".

#ifndef SLIPWAY_RUNTIME_WASM_FUNCTION_READER_H_
#define SLIPWAY_RUNTIME_WASM_FUNCTION_READER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

enum class BlockKind : uint8_t {
  kFunction,
  kBlock,
  kLoop,
  kIf,
  kElse,
  kTryTable,
  kTry,       // legacy, up to its first clause
  kCatch,     // the code of a catch clause
  kCatchAll,  // the code of catch_all, which is the last clause
};

// An open block.
struct ControlFrame {
  BlockKind kind = BlockKind::kFunction;
  // Whether the block was entered reachably.
  bool entered = true;
  // Whether an unconditional branch made the rest of the block unreachable.
  bool unreachable = false;
  // Of the operand stack at entry, without the block's parameters.
  uint32_t height = 0;
  // Of the stack of initialised locals at entry.
  uint32_t initialized = 0;
  BlockSignature signature;

  // The types that a branch to this block carries.
  std::span<const ValueType> label_types() const {
    return kind == BlockKind::kLoop ? signature.params() : signature.results();
  }
};

class FunctionReader {
 public:
  // `function`: an index into module.functions of a defined function.
  FunctionReader(const Module& module, uint32_t function)
      : FunctionReader(module) {
    Start(function);
  }
  // Reads nothing before Start(), which begins a function, and may be called
  // again after any. One reader for many functions allocates less.
  explicit FunctionReader(const Module& module)
      : module_(module), reader_(Bytes()) {}
  void Start(uint32_t function);
  FunctionReader(const FunctionReader&) = delete;
  FunctionReader& operator=(const FunctionReader&) = delete;

  // Advances by one instruction. False at the end of the body or on an error.
  bool Next(Instruction& instruction);

  // OK until an error; see error.h for its form.
  const absl::Status& status() const { return reader_.status(); }

  const Module& module() const { return module_; }
  const FuncType& type() const { return *type_; }
  // Types of all locals, parameters first.
  std::span<const ValueType> locals() const { return locals_; }

  // Open blocks; the function body itself is the outermost.
  uint32_t depth() const { return static_cast<uint32_t>(frames_.size()); }
  // The target of a branch with this relative depth; 0 is the innermost.
  // Valid until the next Next(). Precondition: label < depth().
  const ControlFrame& frame(uint32_t label) const {
    return frames_[frames_.size() - 1 - label];
  }
  // Whether the instruction that follows is reachable. Precondition:
  // depth() > 0.
  bool reachable() const {
    return frames_.back().entered && !frames_.back().unreachable;
  }

  // Operand stack, with results of the last instruction.
  uint32_t height() const { return static_cast<uint32_t>(stack_.size()); }
  // 0 is the top. Precondition: depth < height().
  ValueType OperandType(uint32_t depth) const {
    return stack_[stack_.size() - 1 - depth];
  }

 private:
  using StepFunction = bool (*)(FunctionReader&, Instruction&);
  static const StepFunction kSteps[];  // per opcode
  template <Opcode kOp>
  static bool Step(FunctionReader& reader, Instruction& instruction);

  bool ReadLocals();
  bool Fail(std::string_view message);
  bool FailUnknown(std::string_view what, uint32_t index);
  bool Mismatch(ValueType expected, ValueType found);
  bool ReadImmediatesOf(Immediate immediate, Instruction& instruction);
  bool CheckImmediates(Immediate immediate, const Instruction& instruction);
  bool CheckAccess(const Instruction& instruction);
  bool CheckLanes(const Instruction& instruction);
  bool CheckLane(uint32_t lane, uint32_t lanes);
  bool CheckElementType(ValueType source, uint32_t table);
  bool CheckDataSegment(uint32_t segment);
  bool CheckBlockType(const BlockSignature& block);
  bool ApplyRow(const OpcodeInfo& info, Instruction& instruction);
  bool ApplySpecial(Opcode op, Instruction& instruction);

  ValueType LetterType(Immediate immediate, char letter,
                       const Instruction& instruction) const;
  void Push(ValueType type) { stack_.push_back(type); }
  void PushAll(std::span<const ValueType> types);
  bool PopAny(ValueType& type);
  bool Pop(ValueType expected) {
    // The common case: a number of exactly the expected type.
    if (stack_.size() > frames_.back().height && stack_.back() == expected) {
      stack_.pop_back();
      return true;
    }
    return PopSlow(expected);
  }
  bool PopSlow(ValueType expected);
  bool PopAll(std::span<const ValueType> types);
  bool PopReference(ValueType& type);
  // Checks that the top of the stack matches, without consuming it.
  bool CheckTop(std::span<const ValueType> types);
  bool CheckLabel(uint32_t label);
  const std::vector<ValueType>& TagParams(uint32_t tag) const {
    return module_.types[module_.tags[tag].type_index].params;
  }
  void SetUnreachable();

  void Enter(BlockKind kind, const BlockSignature& signature);
  bool Leave(Instruction& instruction);
  bool LeaveForGood(Instruction& instruction);
  ControlFrame* NextPart(Instruction& instruction, BlockKind kind);

  bool ApplyEnter(Instruction& instruction, BlockKind kind);
  bool ApplyElse(Instruction& instruction);
  bool ApplyEnd(Instruction& instruction);
  bool ApplyCatch(Instruction& instruction);
  bool ApplyDelegate(Instruction& instruction);
  bool ApplyRethrow(const Instruction& instruction);
  bool ApplyTryTable(Instruction& instruction);
  bool CheckCatch(const CatchClause& clause);
  bool ApplyBranch(uint32_t label);
  bool ApplyBranchIf(uint32_t label);
  bool ApplyBranchTable(const Instruction& instruction);
  bool ApplyBranchOnNull(Instruction& instruction);
  bool ApplyBranchOnNonNull(Instruction& instruction);
  bool ApplyCall(const FuncType& callee);
  bool ApplyTailCall(const FuncType& callee);
  bool PopCallee(const Instruction& instruction);
  bool ApplyThrow(const Instruction& instruction);
  bool ApplySelect(Instruction& instruction);
  bool ApplyLocal(Opcode op, Instruction& instruction);
  bool ApplyGlobal(Instruction& instruction);
  bool ApplyReference(Instruction& instruction);
  bool ApplyRefFunc(Instruction& instruction);

  const Module& module_;
  const FuncType* type_ = nullptr;
  ByteReader reader_;
  Opcode op_ = Opcode::kNop;  // the current instruction, for messages
  size_t offset_ = 0;
  bool done_ = false;

  std::vector<ValueType> locals_;
  std::vector<ValueType> stack_;
  std::vector<ControlFrame> frames_;
  // Non-nullable locals must be set before they are read: those set so far in
  // open blocks, in order, and per local whether it may be read. Empty when
  // the function has no such local.
  std::vector<uint32_t> initialized_;
  std::vector<bool> readable_;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_FUNCTION_READER_H_
