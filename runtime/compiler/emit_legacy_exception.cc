// The legacy encoding of exceptions ("Legacy Exception Handling", Execution),
// on the handlers of emit_exception.cc. A try's clauses are code of their own
// instead of branches, and rethrow throws the same exception again, so a clause
// keeps it as catch_ref does.

#include "llvm/IR/Instructions.h"
#include "runtime/compiler/control.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using wasm::Instruction;

Caught ReceiveException(FunctionEmitter& f) {
  Caught caught;
  caught.unwind_exception = CloseHandler(f);
  if (caught.unwind_exception == nullptr) return caught;
  caught.exception = ToException(f, caught.unwind_exception);
  caught.tag = ExceptionTag(f, caught.exception);
  caught.next = f.builder().GetInsertBlock();
  return caught;
}

// Ends the try's part before this clause and continues where the clause is
// tried. Null, with code unreachable, when nothing gets there.
Caught* EnterClause(FunctionEmitter& f) {
  LeavePart(f);
  Frame& frame = f.frame(0);
  if (frame.dead) return nullptr;
  f.Truncate(frame.height);
  if (!frame.caught) {
    frame.caught = ReceiveException(f);
  } else if (frame.caught->next != nullptr) {
    f.Enter(frame.caught->next);
  }
  return frame.caught->next == nullptr ? nullptr : &*frame.caught;
}

}  // namespace

void EmitTry(FunctionEmitter& f, const Instruction& instruction) {
  OpenFrame(f, instruction);
  OpenHandler(f);
}

void EmitCatch(FunctionEmitter& f, const Instruction& instruction) {
  Caught* const caught = EnterClause(f);
  if (caught == nullptr) return;
  llvm::BasicBlock* const match = f.NewBlock("catch");
  caught->next = f.NewBlock("no_match");
  f.builder().CreateCondBr(IsTag(f, caught->tag, instruction.index), match,
                           caught->next);
  f.Enter(match);
  f.PushAll(LoadExceptionValues(f, instruction.index, caught->exception));
}

void EmitCatchAll(FunctionEmitter& f, const Instruction&) {
  Caught* const caught = EnterClause(f);
  if (caught == nullptr) return;
  caught->next = nullptr;
}

void EmitUncaught(FunctionEmitter& f, const Frame& frame) {
  llvm::Value* unwind_exception = nullptr;
  if (!frame.caught) {
    unwind_exception = CloseHandler(f);
  } else if (frame.caught->next != nullptr) {
    f.Enter(frame.caught->next);
    unwind_exception = frame.caught->unwind_exception;
  }
  if (unwind_exception == nullptr) return;
  PassOn(f, unwind_exception, f.frames().size());
}

// What is thrown in the try is thrown again inside the block of the label.
void EmitDelegate(FunctionEmitter& f, const Instruction& instruction) {
  LeavePart(f);
  Frame frame = std::move(f.frames().back());
  f.frames().pop_back();
  if (frame.dead) return;
  if (llvm::Value* const unwind_exception = CloseHandler(f)) {
    PassOn(f, unwind_exception, f.frames().size() - instruction.index);
  }
  EnterEnd(f, frame);
}

void EmitRethrow(FunctionEmitter& f, const Instruction& instruction) {
  Raise(f, f.frame(instruction.index).caught->exception);
}

}  // namespace slipway::compiler
