// Blocks and branches (core specification, section 4.4.8). What is special to
// try_table and try is in emit_exception.cc and emit_legacy_exception.cc.

#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"
#include "runtime/compiler/control.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using object::TrapCode;
using wasm::Instruction;
using wasm::Opcode;

// The values a branch to `label` takes along, left on the stack.
std::vector<llvm::Value*> BranchValues(FunctionEmitter& f, uint32_t label) {
  const size_t count = f.frame(label).label().phis.size();
  std::vector<llvm::Value*> values = f.PopMany(count);
  f.PushAll(values);
  return values;
}

// The module's hint for a br_if or if, as weights; null when there is none.
llvm::MDNode* HintedWeights(FunctionEmitter& f,
                            const Instruction& instruction) {
  const wasm::BranchHint* const hint =
      f.wasm().FindBranchHint(instruction.offset);
  if (hint == nullptr) return nullptr;
  llvm::MDBuilder metadata(f.unit().context());
  return hint->taken ? metadata.createLikelyBranchWeights()
                     : metadata.createUnlikelyBranchWeights();
}

// Branches to `label` when the condition holds, else goes on.
void BranchIf(FunctionEmitter& f, llvm::Value* condition, uint32_t label,
              llvm::ArrayRef<llvm::Value*> values,
              llvm::MDNode* weights = nullptr) {
  BranchTarget& target = f.frame(label).label();
  llvm::BasicBlock* const next = f.NewBlock("");
  f.AddIncoming(target, values);
  f.builder().CreateCondBr(condition, target.block, next, weights);
  f.Continue(next);
}

bool HasPredecessors(const llvm::BasicBlock* block) {
  return !llvm::pred_empty(block);
}

void PushPhis(FunctionEmitter& f, const BranchTarget& target) {
  for (llvm::PHINode* phi : target.phis) f.Push(phi);
}

}  // namespace

void LeavePart(FunctionEmitter& f) {
  if (!f.reachable()) return;
  BranchTarget& end = f.frame(0).end;
  f.Jump(end, f.PopMany(end.phis.size()));
}

// When nothing jumps to the end, code stays unreachable.
void EnterEnd(FunctionEmitter& f, Frame& frame) {
  f.Truncate(frame.height);
  if (!HasPredecessors(frame.end.block)) {
    frame.end.block->insertInto(f.function());
    frame.end.block->eraseFromParent();
    f.SetUnreachable();
    return;
  }
  f.Enter(frame.end.block);
  PushPhis(f, frame.end);
}

Frame& OpenFrame(FunctionEmitter& f, const Instruction& instruction) {
  Frame frame;
  frame.op = instruction.op;
  frame.height = f.height() - instruction.block.params().size();
  frame.end = f.NewTarget("end", instruction.block.results());
  f.frames().push_back(std::move(frame));
  return f.frames().back();
}

void EmitUnreachable(FunctionEmitter& f, const Instruction&) {
  f.Trap(TrapCode::kUnreachable);
}

void EmitNop(FunctionEmitter&, const Instruction&) {}

void EmitBlock(FunctionEmitter& f, const Instruction& instruction) {
  OpenFrame(f, instruction);
}

void EmitLoop(FunctionEmitter& f, const Instruction& instruction) {
  Frame& frame = OpenFrame(f, instruction);
  frame.loop = f.NewTarget("loop", instruction.block.params());
  f.Jump(frame.loop, f.PopMany(frame.loop.phis.size()));
  f.Enter(frame.loop.block);
  PushPhis(f, frame.loop);
}

void EmitIf(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const condition = f.PopBool();
  Frame& frame = OpenFrame(f, instruction);
  frame.else_params = f.PopMany(instruction.block.params().size());
  f.PushAll(frame.else_params);
  frame.else_block = f.NewBlock("else");
  llvm::BasicBlock* const then_block = f.NewBlock("then");
  f.builder().CreateCondBr(condition, then_block, frame.else_block,
                           HintedWeights(f, instruction));
  f.Continue(then_block);
}

void EmitElse(FunctionEmitter& f, const Instruction&) {
  Frame& frame = f.frame(0);
  LeavePart(f);
  if (frame.dead) return;
  f.Truncate(frame.height);
  f.Enter(frame.else_block);
  frame.else_block = nullptr;
  f.PushAll(frame.else_params);
}

void EmitEnd(FunctionEmitter& f, const Instruction&) {
  if (f.frame(0).dead) {
    f.frames().pop_back();
    return;
  }
  LeavePart(f);
  // An if without else: the parameters are the results.
  if (f.frame(0).else_block != nullptr) {
    f.Enter(f.frame(0).else_block);
    f.Jump(f.frame(0).end, f.frame(0).else_params);
  }
  Frame frame = std::move(f.frames().back());
  f.frames().pop_back();
  if (frame.op == Opcode::kTryTable) EmitCatches(f, frame);
  if (frame.op == Opcode::kTry) EmitUncaught(f, frame);
  EnterEnd(f, frame);
  if (frame.op == Opcode::kReturn && f.reachable()) {
    f.Return(f.PopMany(frame.end.phis.size()));
  }
}

void EmitBr(FunctionEmitter& f, const Instruction& instruction) {
  BranchTarget& target = f.frame(instruction.index).label();
  f.Jump(target, f.PopMany(target.phis.size()));
}

void EmitBrIf(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const condition = f.PopBool();
  BranchIf(f, condition, instruction.index, BranchValues(f, instruction.index),
           HintedWeights(f, instruction));
}

void EmitBrTable(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const selector = f.Pop();
  const std::vector<uint32_t>& labels = instruction.targets;
  const std::vector<llvm::Value*> values = BranchValues(f, labels.back());
  llvm::SwitchInst* const jump =
      f.builder().CreateSwitch(selector, f.frame(labels.back()).label().block,
                               static_cast<unsigned>(labels.size() - 1));
  f.AddIncoming(f.frame(labels.back()).label(), values);
  for (uint32_t i = 0; i + 1 < labels.size(); ++i) {
    BranchTarget& target = f.frame(labels[i]).label();
    jump->addCase(f.builder().getInt32(i), target.block);
    f.AddIncoming(target, values);
  }
  f.SetUnreachable();
}

void EmitReturn(FunctionEmitter& f, const Instruction&) {
  BranchTarget& target = f.frames().front().end;
  f.Jump(target, f.PopMany(target.phis.size()));
}

void EmitBrOnNull(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const reference = f.Pop();
  BranchIf(f, f.builder().CreateIsNull(reference), instruction.index,
           BranchValues(f, instruction.index));
  f.Push(reference);
}

void EmitBrOnNonNull(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const condition = f.builder().CreateIsNotNull(f.Peek());
  BranchIf(f, condition, instruction.index, BranchValues(f, instruction.index));
  f.Pop();  // null
}

}  // namespace slipway::compiler
