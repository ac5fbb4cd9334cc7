// Exceptions (core specification, section 4.4.9), on the native unwinder.
//
// Inside a try_table, calls that may unwind are invokes to its landing pad,
// which hands the unwinder's object to the dispatch block. There the clauses
// are tried in order; when none matches, the enclosing try_table's dispatch
// block of the same function is next, and then the unwinder again.

#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/ErrorHandling.h"
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
  return f.LoadContext(f.unit().ptr(), f.unit().info().layout.tags +
                                           tag * sizeof(const void*));
}

llvm::Value* ExceptionValues(FunctionEmitter& f, llvm::Value* exception) {
  return f.CallRuntime(offsetof(RuntimeTable, exception_values),
                       f.unit().ptr(), {exception});
}

void Raise(FunctionEmitter& f, llvm::Value* exception) {
  f.CallRuntime(offsetof(RuntimeTable, exception_throw),
                f.builder().getVoidTy(), {f.instance(), exception},
                FunctionEmitter::Unwind::kMay);
  f.builder().CreateUnreachable();
  f.SetUnreachable();
}

// The values that the clause's branch carries.
std::vector<llvm::Value*> CaughtValues(FunctionEmitter& f,
                                       const CatchClause& clause,
                                       llvm::Value* exception) {
  std::vector<llvm::Value*> values;
  if (clause.has_tag()) {
    const wasm::FuncType& type = TagType(f, clause.tag);
    llvm::Value* const payload =
        type.params.empty() ? nullptr : ExceptionValues(f, exception);
    for (size_t i = 0; i < type.params.size(); ++i) {
      values.push_back(f.unit().Load(
          LowerType(f.unit().context(), type.params[i]), payload,
          i * sizeof(object::Value), MemoryKind::kOverflow));
    }
  }
  if (clause.has_ref()) {
    values.push_back(exception);
  } else {
    f.CallRuntime(offsetof(RuntimeTable, exception_caught),
                  f.builder().getVoidTy(), {exception});
  }
  return values;
}

// Continues in the enclosing try_table of this function or its callers.
void PassOn(FunctionEmitter& f, llvm::Value* unwind_exception) {
  if (!f.handlers().empty()) {
    Handler& outer = f.handlers().back();
    outer.unwind_exception->addIncoming(unwind_exception,
                                        f.builder().GetInsertBlock());
    f.builder().CreateBr(outer.dispatch);
  } else {
    f.CallRuntime(offsetof(RuntimeTable, exception_resume),
                  f.builder().getVoidTy(), {unwind_exception},
                  FunctionEmitter::Unwind::kMay);
    f.builder().CreateUnreachable();
  }
  f.SetUnreachable();
}

// Tries the clauses in order; reachable after it is only "none matched".
void TryClauses(FunctionEmitter& f, const std::vector<CatchClause>& clauses,
                llvm::Value* exception) {
  llvm::Value* const tag = f.CallRuntime(offsetof(RuntimeTable, exception_tag),
                                         f.unit().ptr(), {exception});
  for (const CatchClause& clause : clauses) {
    BranchTarget& label = f.frame(clause.label).label();
    if (!clause.has_tag()) {
      f.Jump(label, CaughtValues(f, clause, exception));
      return;
    }
    llvm::BasicBlock* const match = f.NewBlock("catch");
    llvm::BasicBlock* const next = f.NewBlock("no_match");
    f.builder().CreateCondBr(
        f.builder().CreateICmpEQ(tag, TagIdentity(f, clause.tag)), match,
        next);
    f.Enter(match);
    f.Jump(label, CaughtValues(f, clause, exception));
    f.Enter(next);
  }
}

}  // namespace

void EmitTryTable(FunctionEmitter& f, const Instruction& instruction) {
  Frame& frame = OpenFrame(f, instruction);
  frame.catches = instruction.catches;
  Handler handler;
  handler.dispatch = f.NewBlock("dispatch");
  handler.unwind_exception =
      llvm::PHINode::Create(f.unit().ptr(), 1, "", handler.dispatch);
  f.handlers().push_back(handler);
}

void EmitCatches(FunctionEmitter& f, const Frame& frame) {
  const Handler handler = f.handlers().back();
  f.handlers().pop_back();
  f.Truncate(frame.height);
  if (llvm::pred_empty(handler.dispatch)) {
    handler.dispatch->insertInto(f.function());
    handler.dispatch->eraseFromParent();
    f.SetUnreachable();
    return;
  }
  f.Enter(handler.dispatch);
  llvm::Value* const unwind_exception = handler.unwind_exception;
  llvm::Value* const exception =
      f.CallRuntime(offsetof(RuntimeTable, exception_from_unwind),
                    f.unit().ptr(), {unwind_exception});
  // Exceptions that are not wasm's pass through, catch_all or not.
  llvm::BasicBlock* const ours = f.NewBlock("wasm_exception");
  llvm::BasicBlock* const pass_on = f.NewBlock("pass_on");
  f.builder().CreateCondBr(f.builder().CreateIsNull(exception), pass_on, ours,
                           f.unit().unlikely());
  f.Enter(ours);
  TryClauses(f, frame.catches, exception);
  if (f.reachable()) f.builder().CreateBr(pass_on);
  f.Enter(pass_on);
  PassOn(f, unwind_exception);
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

// The exception handling of before exnref, which FunctionReader refuses.
#define LEGACY(name)                                              \
  void Emit##name(FunctionEmitter&, const Instruction&) {         \
    llvm_unreachable("legacy exception operator passed decoding"); \
  }
LEGACY(Try)
LEGACY(Catch)
LEGACY(Rethrow)
LEGACY(Delegate)
LEGACY(CatchAll)
#undef LEGACY

}  // namespace slipway::compiler
