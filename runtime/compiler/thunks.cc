#include "runtime/compiler/thunks.h"

#include <vector>

#include "llvm/IR/Instructions.h"
#include "runtime/object/object_format.h"

namespace slipway::compiler {
namespace {

using object::HostFunction;
using object::RuntimeTable;
using object::Value;

llvm::Function* Begin(Unit& unit, llvm::FunctionType* type,
                      const std::string& symbol) {
  llvm::Function* const function = unit.CreateFunction(type, symbol);
  function->setSection(kTextSection);
  unit.builder().SetInsertPoint(
      llvm::BasicBlock::Create(unit.context(), "", function));
  return function;
}

// Returns the call's result, or nothing.
void ReturnResult(Unit& unit, llvm::CallInst* call) {
  if (call->getType()->isVoidTy()) {
    unit.builder().CreateRetVoid();
  } else {
    unit.builder().CreateRet(call);
  }
}

}  // namespace

llvm::Function* EmitEntryThunk(Unit& unit, uint32_t type_index) {
  const LoweredSignature& signature = unit.signature(type_index);
  llvm::Type* const ptr = unit.ptr();
  llvm::Function* const thunk =
      Begin(unit,
            llvm::FunctionType::get(unit.builder().getVoidTy(), {ptr, ptr, ptr},
                                    false),
            unit.info().EntryThunkSymbol(type_index));
  llvm::Value* const context = thunk->getArg(0);
  llvm::Value* const values = thunk->getArg(2);
  std::vector<llvm::Value*> arguments = {context};
  for (size_t i = 0; i < signature.places.size(); ++i) {
    llvm::Value* const value =
        unit.Load(signature.param_types[i], values, i * sizeof(Value),
                  MemoryKind::kOverflow);
    const ParameterPlace place = signature.places[i];
    if (place.in_register) {
      arguments.push_back(value);
    } else {
      unit.Store(value, unit.OverflowSlot(context, place.index), 0,
                 MemoryKind::kOverflow);
    }
  }
  llvm::CallInst* const call =
      unit.builder().CreateCall(signature.type, thunk->getArg(1), arguments);
  for (uint32_t i = 0; i < signature.result_types.size(); ++i) {
    llvm::Value* const result =
        i == 0 ? static_cast<llvm::Value*>(call)
               : unit.Load(signature.result_types[i],
                           unit.OverflowSlot(context, i - 1), 0,
                           MemoryKind::kOverflow);
    unit.Store(result, values, i * sizeof(Value), MemoryKind::kOverflow);
  }
  unit.builder().CreateRetVoid();
  return thunk;
}

llvm::Function* EmitHostThunk(Unit& unit, uint32_t type_index) {
  const LoweredSignature& signature = unit.signature(type_index);
  llvm::Function* const thunk =
      Begin(unit, signature.type, unit.info().HostThunkSymbol(type_index));
  llvm::Value* const host = thunk->getArg(0);
  std::vector<llvm::Type*> types = {unit.ptr()};
  std::vector<llvm::Value*> arguments = {unit.LoadInvariant(
      unit.ptr(), host, offsetof(HostFunction, env), MemoryKind::kContext)};
  for (size_t i = 0; i < signature.places.size(); ++i) {
    const ParameterPlace place = signature.places[i];
    types.push_back(signature.param_types[i]);
    arguments.push_back(
        place.in_register
            ? static_cast<llvm::Value*>(thunk->getArg(place.index))
            : unit.Load(types.back(), unit.OverflowSlot(host, place.index), 0,
                        MemoryKind::kOverflow));
  }
  llvm::Value* const handler = unit.LoadInvariant(
      unit.ptr(), host, offsetof(HostFunction, handler), MemoryKind::kContext);
  llvm::CallInst* const call = unit.builder().CreateCall(
      llvm::FunctionType::get(signature.type->getReturnType(), types, false),
      handler, arguments);
  call->setTailCallKind(llvm::CallInst::TCK_Tail);
  ReturnResult(unit, call);
  return thunk;
}

llvm::Function* EmitPersonality(Unit& unit) {
  llvm::Function* const personality = unit.GetPersonality();
  personality->setSection(kTextSection);
  unit.builder().SetInsertPoint(
      llvm::BasicBlock::Create(unit.context(), "", personality));
  llvm::Value* const table = unit.LoadInvariant(
      unit.ptr(), unit.GetRuntimeVariable(), 0, MemoryKind::kContext);
  llvm::Value* const target =
      unit.LoadInvariant(unit.ptr(), table, offsetof(RuntimeTable, personality),
                         MemoryKind::kContext);
  std::vector<llvm::Value*> arguments;
  for (llvm::Argument& argument : personality->args()) {
    arguments.push_back(&argument);
  }
  llvm::CallInst* const call = unit.builder().CreateCall(
      personality->getFunctionType(), target, arguments);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  ReturnResult(unit, call);
  return personality;
}

}  // namespace slipway::compiler
