// The operators that need rules of their own (core specification, sections
// 3.4.1 to 3.4.4): control flow, calls, globals, references. Exceptions are in
// function_reader_exception.cc, locals in function_reader.cc.

#include <string>

#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/limits.h"
#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {

void FunctionReader::SetUnreachable() {
  ControlFrame& frame = frames_.back();
  stack_.resize(frame.height);
  frame.unreachable = true;
}

bool FunctionReader::CheckLabel(uint32_t label) {
  return label < depth() || Fail("unknown label " + std::to_string(label));
}

// Blocks.

void FunctionReader::Enter(BlockKind kind, const BlockSignature& signature) {
  ControlFrame frame;
  frame.kind = kind;
  frame.entered = frames_.empty() || reachable();
  frame.height = height();
  frame.initialized = static_cast<uint32_t>(initialized_.size());
  frame.signature = signature;
  frames_.push_back(frame);
}

bool FunctionReader::ApplyEnter(Instruction& instruction, BlockKind kind) {
  if (depth() == kMaxNesting) {
    return reader_.FailAt(
        offset_, TooMany("nested blocks", kMaxNesting + 1, kMaxNesting));
  }
  if (!CheckBlockType(instruction.block)) return false;
  if (!PopAll(instruction.block.params())) return false;
  Enter(kind, instruction.block);
  PushAll(instruction.block.params());
  return true;
}

// The result of the one-result shorthand exists; others were looked up.
bool FunctionReader::CheckBlockType(const BlockSignature& block) {
  for (ValueType type : block.results()) {
    if (!TypeExists(type, module_.types.size())) {
      return Fail("unknown type " + type.ToString());
    }
  }
  return true;
}

// The end of a block's code: exactly its results are on the stack. Removes
// them, and forgets which locals were set inside.
bool FunctionReader::Leave(Instruction& instruction) {
  const ControlFrame& frame = frames_.back();
  instruction.block = frame.signature;
  if (!PopAll(frame.signature.results())) return false;
  if (stack_.size() != frame.height) {
    return Fail("type mismatch: expected the end of the operands, found " +
                std::to_string(stack_.size() - frame.height) + " more");
  }
  while (initialized_.size() > frame.initialized) {
    readable_[initialized_.back()] = false;
    initialized_.pop_back();
  }
  return true;
}

// Ends the current part of an if or try and begins the next, which is entered
// as the block was. The stack is left empty. Null after an error.
ControlFrame* FunctionReader::NextPart(Instruction& instruction,
                                       BlockKind kind) {
  if (!Leave(instruction)) return nullptr;
  ControlFrame& frame = frames_.back();
  frame.kind = kind;
  frame.unreachable = false;
  instruction.reachable = frame.entered;
  return &frame;
}

bool FunctionReader::ApplyElse(Instruction& instruction) {
  if (frames_.back().kind != BlockKind::kIf) {
    return reader_.FailAt(offset_, "else without if");
  }
  const ControlFrame* part = NextPart(instruction, BlockKind::kElse);
  if (part == nullptr) return false;
  PushAll(part->signature.params());
  return true;
}

// Closes the block and leaves its results to the one around it.
bool FunctionReader::LeaveForGood(Instruction& instruction) {
  if (!Leave(instruction)) return false;
  frames_.pop_back();
  if (!frames_.empty()) PushAll(instruction.block.results());
  return true;
}

bool FunctionReader::ApplyEnd(Instruction& instruction) {
  const bool without_else = frames_.back().kind == BlockKind::kIf;
  if (!LeaveForGood(instruction)) return false;
  // The absent else passes the parameters on as results.
  if (without_else && !Matches(module_, instruction.block.params(),
                               instruction.block.results())) {
    return Fail("type mismatch: expected an else, because the if has type " +
                ToString(instruction.block.params()) + " -> " +
                ToString(instruction.block.results()));
  }
  if (!frames_.empty()) return true;
  done_ = true;
  return reader_.ExpectEnd("function body");
}

// Branches.

bool FunctionReader::ApplyBranch(uint32_t label) {
  if (!PopAll(frame(label).label_types())) return false;
  SetUnreachable();
  return true;
}

bool FunctionReader::ApplyBranchIf(uint32_t label) {
  const std::span<const ValueType> types = frame(label).label_types();
  if (!Pop(ValueType::kI32) || !PopAll(types)) return false;
  PushAll(types);
  return true;
}

bool FunctionReader::ApplyBranchTable(const Instruction& instruction) {
  if (!Pop(ValueType::kI32)) return false;
  const uint32_t fallback = instruction.targets.back();
  if (!CheckLabel(fallback)) return false;
  const size_t arity = frame(fallback).label_types().size();
  for (uint32_t target : instruction.targets) {
    if (!CheckLabel(target)) return false;
    const std::span<const ValueType> types = frame(target).label_types();
    if (types.size() != arity) {
      return Fail("type mismatch: expected targets that take " +
                  ToString(frame(fallback).label_types()) + ", found " +
                  ToString(types));
    }
    if (!CheckTop(types)) return false;
  }
  SetUnreachable();
  return true;
}

bool FunctionReader::ApplyBranchOnNull(Instruction& instruction) {
  const ValueType type = instruction.type;
  const std::span<const ValueType> types =
      frame(instruction.index).label_types();
  if (!PopAll(types)) return false;
  PushAll(types);
  Push(ValueType::Ref(type.heap(), /*nullable=*/false));
  return true;
}

// The label takes the reference, non-null, on top of what stays here.
bool FunctionReader::ApplyBranchOnNonNull(Instruction& instruction) {
  const std::span<const ValueType> types =
      frame(instruction.index).label_types();
  if (types.empty() || !types.back().is_ref()) {
    return Fail(
        "type mismatch: expected a label that takes a reference, found " +
        ToString(types));
  }
  const ValueType non_null =
      ValueType::Ref(instruction.type.heap(), /*nullable=*/false);
  if (!Matches(module_, non_null, types.back())) {
    return Mismatch(types.back(), non_null);
  }
  const std::span<const ValueType> rest = types.first(types.size() - 1);
  if (!PopAll(rest)) return false;
  PushAll(rest);
  return true;
}

// Calls.

// The operand that says what to call: a table address or a reference.
bool FunctionReader::PopCallee(const Instruction& instruction) {
  if (GetOpcodeInfo(instruction.op).immediate == Immediate::kType) {
    return Pop(ValueType::Ref(HeapType::Index(instruction.index),
                              /*nullable=*/true));
  }
  const TableType& table = module_.tables[instruction.index2].type;
  if (!Matches(module_, table.element, ValueType::FuncRef())) {
    return Mismatch(ValueType::FuncRef(), table.element);
  }
  return Pop(table.limits.address_type());
}

bool FunctionReader::ApplyCall(const FuncType& callee) {
  if (!PopAll(callee.params)) return false;
  PushAll(callee.results);
  return true;
}

bool FunctionReader::ApplyTailCall(const FuncType& callee) {
  if (!PopAll(callee.params)) return false;
  if (!Matches(module_, callee.results, type_->results)) {
    return Fail("type mismatch: expected a callee with results " +
                ToString(type_->results) + ", found " +
                ToString(callee.results));
  }
  SetUnreachable();
  return true;
}

// Values, variables and references.

bool FunctionReader::ApplySelect(Instruction& instruction) {
  if (!Pop(ValueType::kI32)) return false;
  if (instruction.op == Opcode::kSelectTyped) {
    if (!Pop(instruction.type) || !Pop(instruction.type)) return false;
    Push(instruction.type);
    return true;
  }
  ValueType first;
  ValueType second;
  if (!PopAny(second) || !PopAny(first)) return false;
  if (first.is_ref() || second.is_ref()) {
    return Fail("type mismatch: expected numbers or vectors, found " +
                (first.is_ref() ? first : second).ToString() +
                " (a select of references states its type)");
  }
  instruction.type = first.kind() == ValueType::kBottom ? second : first;
  Push(instruction.type);
  return first == second || first.kind() == ValueType::kBottom ||
         second.kind() == ValueType::kBottom || Mismatch(first, second);
}

bool FunctionReader::ApplyGlobal(Instruction& instruction) {
  const GlobalType& global = module_.globals[instruction.index].type;
  instruction.type = global.value;
  if (instruction.op == Opcode::kGlobalGet) {
    Push(global.value);
    return true;
  }
  if (!global.is_mutable) {
    return Fail("global " + std::to_string(instruction.index) +
                " is immutable");
  }
  return Pop(global.value);
}

bool FunctionReader::ApplyReference(Instruction& instruction) {
  if (instruction.op == Opcode::kRefNull) {
    Push(instruction.type);
    return true;
  }
  if (instruction.op == Opcode::kRefFunc) return ApplyRefFunc(instruction);
  if (!PopReference(instruction.type)) return false;
  switch (instruction.op) {
    case Opcode::kRefIsNull:
      Push(ValueType::kI32);
      return true;
    case Opcode::kRefAsNonNull:
      Push(ValueType::Ref(instruction.type.heap(), /*nullable=*/false));
      return true;
    case Opcode::kBrOnNull:
      return ApplyBranchOnNull(instruction);
    case Opcode::kBrOnNonNull:
      return ApplyBranchOnNonNull(instruction);
    default:
      return Fail("no validation rule");
  }
}

bool FunctionReader::ApplyRefFunc(Instruction& instruction) {
  const uint32_t function = instruction.index;
  if (!module_.referenced_functions[function]) {
    return Fail("undeclared function reference " + std::to_string(function));
  }
  instruction.type = ValueType::Ref(
      HeapType::Index(module_.functions[function]), /*nullable=*/false);
  Push(instruction.type);
  return true;
}

}  // namespace slipway::wasm
