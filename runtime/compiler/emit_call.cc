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
  return {signature,
          f.LoadContext(ptr, import + offsetof(object::FunctionImport, code)),
          f.LoadContext(ptr,
                        import + offsetof(object::FunctionImport, context))};
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

Callee ReferencedCallee(FunctionEmitter& f, uint32_t type_index,
                        llvm::Value* reference) {
  llvm::Type* const ptr = f.unit().ptr();
  llvm::Value* const code =
      LoadFuncRef(f, ptr, reference, offsetof(FuncRef, code));
  llvm::Value* const instance =
      LoadFuncRef(f, f.builder().getInt32Ty(), reference,
                  offsetof(FuncRef, instance));
  llvm::Value* const contexts =
      f.LoadContext(ptr, offsetof(InstanceContext, contexts));
  llvm::Value* const slot = f.builder().CreateInBoundsGEP(
      ptr, contexts,
      f.builder().CreateZExt(instance, f.builder().getInt64Ty()));
  return {f.unit().signature(type_index), code,
          f.unit().Load(ptr, slot, 0, MemoryKind::kContext)};
}

// Pops the index.
Callee IndirectCallee(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const reference =
      LoadElement(f, instruction.index2, f.Pop());
  llvm::Value* const type_hash =
      LoadFuncRef(f, f.builder().getInt32Ty(), reference,
                  offsetof(FuncRef, type_hash));
  const uint32_t expected = f.unit().info().type_hashes[instruction.index];
  f.TrapIf(f.builder().CreateICmpNE(type_hash, f.builder().getInt32(expected)),
           TrapCode::kIndirectCallTypeMismatch);
  return ReferencedCallee(f, instruction.index, reference);
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

}  // namespace

void EmitCall(FunctionEmitter& f, const Instruction& instruction) {
  Call(f, DirectCallee(f, instruction.index));
}

void EmitReturnCall(FunctionEmitter& f, const Instruction& instruction) {
  TailCall(f, DirectCallee(f, instruction.index));
}

void EmitCallIndirect(FunctionEmitter& f, const Instruction& instruction) {
  Call(f, IndirectCallee(f, instruction));
}

void EmitReturnCallIndirect(FunctionEmitter& f,
                            const Instruction& instruction) {
  TailCall(f, IndirectCallee(f, instruction));
}

void EmitCallRef(FunctionEmitter& f, const Instruction& instruction) {
  Call(f, ReferencedCallee(f, instruction.index, f.Pop()));
}

void EmitReturnCallRef(FunctionEmitter& f, const Instruction& instruction) {
  TailCall(f, ReferencedCallee(f, instruction.index, f.Pop()));
}

}  // namespace slipway::compiler
