// Calls (core specification, section 4.4.10), tail calls and typed function
// references included.

#include "llvm/IR/Instructions.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/compiler/table_access.h"

namespace slipway::compiler {
namespace {

using object::FuncRef;
using object::InstanceContext;
using object::TrapCode;
using wasm::Instruction;

// What to jump to, and the first argument it wants.
struct Callee {
  const LoweredSignature& signature;
  llvm::Value* code;
  llvm::Value* context;
};

Callee DirectCallee(FunctionEmitter& f, uint32_t function) {
  const LoweredSignature& signature =
      f.unit().signature(f.wasm().functions[function]);
  if (function >= f.wasm().imported_functions) {
    return {signature, f.unit().GetFunction(function), f.instance()};
  }
  const uint64_t import = f.unit().info().layout.imports +
                          function * sizeof(object::FunctionImport);
  llvm::Type* const ptr = f.unit().ptr();
  return {
      signature,
      f.LoadContext(ptr, import + offsetof(object::FunctionImport, code)),
      f.LoadContext(ptr, import + offsetof(object::FunctionImport, context))};
}

// A null reference faults here, in the first page: TrapCode::kNullReference.
// Volatile, so that the fault comes after the stores before it.
llvm::Value* LoadFuncRef(FunctionEmitter& f, llvm::Type* type,
                         llvm::Value* reference, uint64_t offset) {
  llvm::LoadInst* const load =
      f.unit().Load(type, reference, offset, MemoryKind::kContext);
  load->setVolatile(true);
  return load;
}

// The context of the reference's instance. Nearly always that is the caller's
// own: the branch spares the callee's first accesses from waiting for three
// loads, each of which needs the one before.
llvm::Value* ReferencedContext(FunctionEmitter& f, llvm::Value* reference) {
  llvm::Type* const ptr = f.unit().ptr();
  llvm::Value* const instance = LoadFuncRef(
      f, f.builder().getInt32Ty(), reference, offsetof(FuncRef, instance));
  llvm::Value* const own = f.LoadContext(
      f.builder().getInt32Ty(), offsetof(InstanceContext, instance_id));
  llvm::BasicBlock* const before = f.builder().GetInsertBlock();
  llvm::BasicBlock* const other = f.NewBlock("other_instance");
  llvm::BasicBlock* const done = f.NewBlock("");
  f.builder().CreateCondBr(f.builder().CreateICmpNE(instance, own), other, done,
                           f.unit().unlikely());
  f.Continue(other);
  llvm::Value* const contexts =
      f.LoadContext(ptr, offsetof(InstanceContext, contexts));
  llvm::Value* const slot = f.builder().CreateInBoundsGEP(
      ptr, contexts,
      f.builder().CreateZExt(instance, f.builder().getInt64Ty()));
  llvm::Value* const context =
      f.unit().Load(ptr, slot, 0, MemoryKind::kContext);
  f.builder().CreateBr(done);
  f.Continue(done);
  llvm::PHINode* const phi = f.builder().CreatePHI(ptr, 2);
  phi->addIncoming(f.instance(), before);
  phi->addIncoming(context, other);
  return phi;
}

Callee ReferencedCallee(FunctionEmitter& f, uint32_t type_index,
                        llvm::Value* reference) {
  llvm::Value* const code =
      LoadFuncRef(f, f.unit().ptr(), reference, offsetof(FuncRef, code));
  return {f.unit().signature(type_index), code,
          ReferencedContext(f, reference)};
}

void Call(FunctionEmitter& f, const Callee& callee) {
  const std::vector<llvm::Value*> arguments =
      f.PopMany(callee.signature.places.size());
  f.PushAll(
      f.CallWasm(callee.signature, callee.code, callee.context, arguments));
}

void TailCall(FunctionEmitter& f, const Callee& callee) {
  const std::vector<llvm::Value*> arguments =
      f.PopMany(callee.signature.places.size());
  f.TailCallWasm(callee.signature, callee.code, callee.context, arguments);
}

// What a call_indirect has found in the table.
struct Element {
  llvm::Value* reference;
  llvm::Value* mismatch;  // whether its type is another
};

// Pops the index.
Element LoadCallee(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const reference = LoadElement(f, instruction.index2, f.Pop());
  llvm::Value* const type_hash = LoadFuncRef(
      f, f.builder().getInt32Ty(), reference, offsetof(FuncRef, type_hash));
  const uint32_t expected = f.unit().info().type_hashes[instruction.index];
  return {reference,
          f.builder().CreateICmpNE(type_hash, f.builder().getInt32(expected))};
}

// Calls a function that may have another type; see RuntimeTable::call_adapted.
std::vector<llvm::Value*> CallAdapted(FunctionEmitter& f, uint32_t type_index,
                                      llvm::Value* reference,
                                      llvm::ArrayRef<llvm::Value*> arguments) {
  Unit& unit = f.unit();
  const auto slot = [&](uint32_t i) {
    return unit.OverflowSlot(f.instance(), i);
  };
  for (uint32_t i = 0; i < arguments.size(); ++i) {
    unit.Store(arguments[i], slot(i), 0, MemoryKind::kOverflow);
  }
  f.CallRuntime(offsetof(object::RuntimeTable, call_adapted),
                f.builder().getVoidTy(),
                {f.instance(), reference,
                 f.builder().getInt32(unit.info().type_hashes[type_index])},
                FunctionEmitter::Unwind::kMay);
  std::vector<llvm::Value*> results;
  for (llvm::Type* type : unit.signature(type_index).result_types) {
    const auto i = static_cast<uint32_t>(results.size());
    results.push_back(unit.Load(type, slot(i), 0, MemoryKind::kOverflow));
  }
  return results;
}

// Begins the code for a function of another type; `next` is where the code for
// one of the right type goes.
void BeginAdapted(FunctionEmitter& f, llvm::Value* mismatch,
                  llvm::BasicBlock* next) {
  llvm::BasicBlock* const adapted = f.NewBlock("adapted_call");
  f.builder().CreateCondBr(mismatch, adapted, next, f.unit().unlikely());
  f.Continue(adapted);
}

void AdaptingCall(FunctionEmitter& f, uint32_t type_index,
                  const Element& element) {
  const wasm::FuncType& type = f.wasm().types[type_index];
  const std::vector<llvm::Value*> arguments = f.PopMany(type.params.size());
  BranchTarget done = f.NewTarget("called", type.results);
  llvm::BasicBlock* const right_type = f.NewBlock("");
  BeginAdapted(f, element.mismatch, right_type);
  f.Jump(done, CallAdapted(f, type_index, element.reference, arguments));
  f.Continue(right_type);
  const Callee callee = ReferencedCallee(f, type_index, element.reference);
  f.Jump(done,
         f.CallWasm(callee.signature, callee.code, callee.context, arguments));
  f.Continue(done.block);
  for (llvm::PHINode* result : done.phis) f.Push(result);
}

void AdaptingTailCall(FunctionEmitter& f, uint32_t type_index,
                      const Element& element) {
  const wasm::FuncType& type = f.wasm().types[type_index];
  const std::vector<llvm::Value*> arguments = f.PopMany(type.params.size());
  llvm::BasicBlock* const right_type = f.NewBlock("");
  BeginAdapted(f, element.mismatch, right_type);
  f.Return(CallAdapted(f, type_index, element.reference, arguments));
  f.Continue(right_type);
  const Callee callee = ReferencedCallee(f, type_index, element.reference);
  f.TailCallWasm(callee.signature, callee.code, callee.context, arguments);
}

}  // namespace

void EmitCall(FunctionEmitter& f, const Instruction& instruction) {
  Call(f, DirectCallee(f, instruction.index));
}

void EmitReturnCall(FunctionEmitter& f, const Instruction& instruction) {
  TailCall(f, DirectCallee(f, instruction.index));
}

void EmitCallIndirect(FunctionEmitter& f, const Instruction& instruction) {
  const Element element = LoadCallee(f, instruction);
  if (f.unit().info().adapts_calls) {
    AdaptingCall(f, instruction.index, element);
    return;
  }
  f.TrapIf(element.mismatch, TrapCode::kIndirectCallTypeMismatch);
  Call(f, ReferencedCallee(f, instruction.index, element.reference));
}

void EmitReturnCallIndirect(FunctionEmitter& f,
                            const Instruction& instruction) {
  const Element element = LoadCallee(f, instruction);
  if (f.unit().info().adapts_calls) {
    AdaptingTailCall(f, instruction.index, element);
    return;
  }
  f.TrapIf(element.mismatch, TrapCode::kIndirectCallTypeMismatch);
  TailCall(f, ReferencedCallee(f, instruction.index, element.reference));
}

void EmitCallRef(FunctionEmitter& f, const Instruction& instruction) {
  Call(f, ReferencedCallee(f, instruction.index, f.Pop()));
}

void EmitReturnCallRef(FunctionEmitter& f, const Instruction& instruction) {
  TailCall(f, ReferencedCallee(f, instruction.index, f.Pop()));
}

}  // namespace slipway::compiler
