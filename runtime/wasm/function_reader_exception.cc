// Exceptions: try_table (core specification, section 3.4.3) and the legacy try
// ("Legacy Exception Handling", Validation).

#include <string>

#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {
namespace {

// What a clause that keeps the reference hands over is never null.
constexpr ValueType kCaughtReference = ValueType::Ref(HeapType::kExn, false);

}  // namespace

bool FunctionReader::ApplyThrow(const Instruction& instruction) {
  if (!PopAll(TagParams(instruction.index))) return false;
  SetUnreachable();
  return true;
}

bool FunctionReader::ApplyTryTable(Instruction& instruction) {
  for (const CatchClause& clause : instruction.catches) {
    if (!CheckCatch(clause)) return false;
  }
  return ApplyEnter(instruction, BlockKind::kTryTable);
}

// What a clause hands over, the tag's values and then the reference, matches
// the label.
bool FunctionReader::CheckCatch(const CatchClause& clause) {
  if (!CheckLabel(clause.label)) return false;
  std::vector<ValueType> values;
  if (clause.has_tag()) {
    if (clause.tag >= module_.tags.size())
      return FailUnknown("tag", clause.tag);
    values = TagParams(clause.tag);
  }
  if (clause.has_ref()) values.push_back(kCaughtReference);
  const std::span<const ValueType> label = frame(clause.label).label_types();
  return Matches(module_, values, label) ||
         Fail("type mismatch: expected a label that takes " + ToString(values) +
              ", found " + ToString(label));
}

// The next clause of a try, with the tag's values on the stack.
bool FunctionReader::ApplyCatch(Instruction& instruction) {
  const BlockKind last = frames_.back().kind;
  if (last != BlockKind::kTry && last != BlockKind::kCatch) {
    return reader_.FailAt(
        offset_, std::string(OpcodeName(op_)) + (last == BlockKind::kCatchAll
                                                     ? " after catch_all"
                                                     : " without try"));
  }
  const bool all = op_ == Opcode::kCatchAll;
  if (NextPart(instruction, all ? BlockKind::kCatchAll : BlockKind::kCatch) ==
      nullptr) {
    return false;
  }
  if (!all) PushAll(TagParams(instruction.index));
  return true;
}

// The label is counted outside the try that ends here.
bool FunctionReader::ApplyDelegate(Instruction& instruction) {
  if (frames_.back().kind != BlockKind::kTry) {
    return reader_.FailAt(offset_, "delegate without try");
  }
  return LeaveForGood(instruction) && CheckLabel(instruction.index);
}

bool FunctionReader::ApplyRethrow(const Instruction& instruction) {
  const BlockKind kind = frame(instruction.index).kind;
  if (kind != BlockKind::kCatch && kind != BlockKind::kCatchAll) {
    return Fail("invalid rethrow label " + std::to_string(instruction.index) +
                ": not a catch clause");
  }
  SetUnreachable();
  return true;
}

}  // namespace slipway::wasm
