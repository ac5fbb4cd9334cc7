// Exceptions (core specification, section 4.4.9), on the native unwinder.
//
// Inside a try_table, calls that may unwind are invokes to its landing pad,
// which hands the unwinder's object to the dispatch block. There the clauses
// are tried in order; when none matches, the enclosing handler's dispatch block
// of the same function is next, and then the unwinder again. The personality
// routine sends only wasm's exceptions to landing pads.

#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "runtime/compiler/calling_convention.h"
#include "runtime/compiler/control.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using object::RuntimeTable;
using object::TrapCode;
using wasm::CatchClause;
using wasm::Instruction;

const wasm::FuncType& TagType(FunctionEmitter& f, uint32_t tag) {
  return f.wasm().types[f.wasm().tags[tag].type_index];
}

llvm::Value* TagIdentity(FunctionEmitter& f, uint32_t tag) {
  return f.LoadContext(f.unit().ptr(),
                       f.unit().info().layout.tags + tag * sizeof(const void*));
}

llvm::Value* ExceptionValues(FunctionEmitter& f, llvm::Value* exception) {
  return f.CallRuntime(offsetof(RuntimeTable, exception_values), f.unit().ptr(),
                       {exception});
}

// The values that the clause's branch carries.
std::vector<llvm::Value*> CaughtValues(FunctionEmitter& f,
                                       const CatchClause& clause,
                                       llvm::Value* exception) {
  std::vector<llvm::Value*> values;
  if (clause.has_tag()) values = LoadExceptionValues(f, clause.tag, exception);
  if (clause.has_ref()) {
    values.push_back(exception);
  } else {
    f.CallRuntime(offsetof(RuntimeTable, exception_caught),
                  f.builder().getVoidTy(), {exception});
  }
  return values;
}

// Tries the clauses in order; reachable after it is only "none matched".
void TryClauses(FunctionEmitter& f, const std::vector<CatchClause>& clauses,
                llvm::Value* exception) {
  llvm::Value* const tag = ExceptionTag(f, exception);
  for (const CatchClause& clause : clauses) {
    BranchTarget& label = f.frame(clause.label).label();
    if (!clause.has_tag()) {
      f.Jump(label, CaughtValues(f, clause, exception));
      return;
    }
    llvm::BasicBlock* const match = f.NewBlock("catch");
    llvm::BasicBlock* const next = f.NewBlock("no_match");
    f.builder().CreateCondBr(IsTag(f, tag, clause.tag), match, next);
    f.Enter(match);
    f.Jump(label, CaughtValues(f, clause, exception));
    f.Enter(next);
  }
}

// The innermost handler of the outermost frames, or null.
Handler* FindHandler(FunctionEmitter& f, size_t frames) {
  for (size_t i = f.handlers().size(); i-- > 0;) {
    if (f.handlers()[i].frame < frames) return &f.handlers()[i];
  }
  return nullptr;
}

}  // namespace

void Raise(FunctionEmitter& f, llvm::Value* exception) {
  f.CallRuntime(offsetof(RuntimeTable, exception_throw),
                f.builder().getVoidTy(), {f.instance(), exception},
                FunctionEmitter::Unwind::kMay);
  f.builder().CreateUnreachable();
  f.SetUnreachable();
}

void OpenHandler(FunctionEmitter& f) {
  Handler handler;
  handler.frame = f.frames().size() - 1;
  handler.dispatch = f.NewBlock("dispatch");
  handler.unwind_exception =
      llvm::PHINode::Create(f.unit().ptr(), 1, "", handler.dispatch);
  f.handlers().push_back(handler);
}

llvm::Value* CloseHandler(FunctionEmitter& f) {
  const Handler handler = f.handlers().back();
  f.handlers().pop_back();
  if (llvm::pred_empty(handler.dispatch)) {
    handler.dispatch->insertInto(f.function());
    handler.dispatch->eraseFromParent();
    f.SetUnreachable();
    return nullptr;
  }
  f.Enter(handler.dispatch);
  return handler.unwind_exception;
}

void PassOn(FunctionEmitter& f, llvm::Value* unwind_exception, size_t frames) {
  if (Handler* const handler = FindHandler(f, frames)) {
    handler->unwind_exception->addIncoming(unwind_exception,
                                           f.builder().GetInsertBlock());
    f.builder().CreateBr(handler->dispatch);
  } else {
    f.CallRuntime(offsetof(RuntimeTable, exception_resume),
                  f.builder().getVoidTy(), {unwind_exception},
                  FunctionEmitter::Unwind::kToCaller);
    f.builder().CreateUnreachable();
  }
  f.SetUnreachable();
}

llvm::Value* ToException(FunctionEmitter& f, llvm::Value* unwind_exception) {
  return f.CallRuntime(offsetof(RuntimeTable, exception_from_unwind),
                       f.unit().ptr(), {unwind_exception});
}

llvm::Value* ExceptionTag(FunctionEmitter& f, llvm::Value* exception) {
  return f.CallRuntime(offsetof(RuntimeTable, exception_tag), f.unit().ptr(),
                       {exception});
}

llvm::Value* IsTag(FunctionEmitter& f, llvm::Value* tag, uint32_t index) {
  return f.builder().CreateICmpEQ(tag, TagIdentity(f, index));
}

std::vector<llvm::Value*> LoadExceptionValues(FunctionEmitter& f, uint32_t tag,
                                              llvm::Value* exception) {
  const wasm::FuncType& type = TagType(f, tag);
  if (type.params.empty()) return {};
  llvm::Value* const payload = ExceptionValues(f, exception);
  std::vector<llvm::Value*> values;
  for (size_t i = 0; i < type.params.size(); ++i) {
    values.push_back(
        f.unit().Load(LowerType(f.unit().context(), type.params[i]), payload,
                      i * sizeof(object::Value), MemoryKind::kOverflow));
  }
  return values;
}

void EmitTryTable(FunctionEmitter& f, const Instruction& instruction) {
  OpenFrame(f, instruction).catches = instruction.catches;
  OpenHandler(f);
}

void EmitCatches(FunctionEmitter& f, const Frame& frame) {
  f.Truncate(frame.height);
  llvm::Value* const unwind_exception = CloseHandler(f);
  if (unwind_exception == nullptr) return;
  TryClauses(f, frame.catches, ToException(f, unwind_exception));
  if (f.reachable()) PassOn(f, unwind_exception, f.frames().size());
}

void EmitThrow(FunctionEmitter& f, const Instruction& instruction) {
  const wasm::FuncType& type = TagType(f, instruction.index);
  const std::vector<llvm::Value*> values = f.PopMany(type.params.size());
  llvm::Value* const exception = f.CallRuntime(
      offsetof(RuntimeTable, exception_new), f.unit().ptr(),
      {f.instance(), TagIdentity(f, instruction.index),
       f.builder().getInt32(static_cast<uint32_t>(values.size()))});
  if (!values.empty()) {
    llvm::Value* const payload = ExceptionValues(f, exception);
    for (size_t i = 0; i < values.size(); ++i) {
      f.unit().Store(values[i], payload, i * sizeof(object::Value),
                     MemoryKind::kOverflow);
    }
  }
  Raise(f, exception);
}

void EmitThrowRef(FunctionEmitter& f, const Instruction&) {
  llvm::Value* const exception = f.Pop();
  f.TrapIf(f.builder().CreateIsNull(exception), TrapCode::kNullReference);
  Raise(f, exception);
}

}  // namespace slipway::compiler
