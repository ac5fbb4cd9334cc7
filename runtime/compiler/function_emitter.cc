#include "runtime/compiler/function_emitter.h"

#include "llvm/IR/Intrinsics.h"
#include "runtime/compiler/calling_convention.h"
#include "runtime/compiler/return_calls.h"

namespace slipway::compiler {

using object::InstanceContext;
using object::TrapCode;

FunctionEmitter::FunctionEmitter(Unit& unit, uint32_t function,
                                 std::span<const wasm::ValueType> locals)
    : unit_(unit),
      signature_(unit.signature(unit.wasm().functions[function])),
      function_(unit.GetFunction(function)),
      instance_(function_->getArg(0)) {
  function_->setSection(kTextSection);
  builder().SetInsertPoint(
      llvm::BasicBlock::Create(unit_.context(), "entry", function_));
  CreateLocals(locals);
  Frame body;
  body.op = wasm::Opcode::kReturn;
  body.end =
      NewTarget("return", wasm().types[wasm().functions[function]].results);
  frames_.push_back(std::move(body));
}

void FunctionEmitter::CreateLocals(std::span<const wasm::ValueType> locals) {
  for (wasm::ValueType type : locals) {
    locals_.push_back(builder().CreateAlloca(LowerType(unit_.context(), type)));
  }
  const size_t params = signature_.places.size();
  for (uint32_t i = 0; i < locals.size(); ++i) {
    llvm::Type* const type = locals_[i]->getAllocatedType();
    if (i >= params) {
      SetLocal(i, llvm::Constant::getNullValue(type));
    } else if (signature_.places[i].in_register) {
      SetLocal(i, function_->getArg(signature_.places[i].index));
    } else {
      SetLocal(i, unit_.Load(
                      type,
                      unit_.OverflowSlot(instance_, signature_.places[i].index),
                      0, MemoryKind::kOverflow));
    }
  }
}

void FunctionEmitter::PushAll(llvm::ArrayRef<llvm::Value*> values) {
  stack_.insert(stack_.end(), values.begin(), values.end());
}

llvm::Value* FunctionEmitter::Pop() {
  llvm::Value* const value = stack_.back();
  stack_.pop_back();
  return value;
}

std::vector<llvm::Value*> FunctionEmitter::PopMany(size_t count) {
  std::vector<llvm::Value*> values(stack_.end() - count, stack_.end());
  stack_.resize(stack_.size() - count);
  return values;
}

llvm::Value* FunctionEmitter::PopAs(llvm::Type* vector) {
  return builder().CreateBitCast(Pop(), vector);
}

void FunctionEmitter::PushVector(llvm::Value* vector) {
  Push(builder().CreateBitCast(
      vector, llvm::FixedVectorType::get(builder().getInt64Ty(), 2)));
}

void FunctionEmitter::PushBool(llvm::Value* condition) {
  Push(builder().CreateZExt(condition, builder().getInt32Ty()));
}

llvm::Value* FunctionEmitter::PopBool() {
  llvm::Value* const value = Pop();
  if (auto* const extended = llvm::dyn_cast<llvm::ZExtInst>(value)) {
    if (extended->getSrcTy()->isIntegerTy(1)) return extended->getOperand(0);
  }
  return builder().CreateICmpNE(value, builder().getInt32(0));
}

llvm::Value* FunctionEmitter::GetLocal(uint32_t index) {
  llvm::Value*& known = known_locals_[index];
  if (known == nullptr) {
    known = builder().CreateLoad(locals_[index]->getAllocatedType(),
                                 locals_[index]);
  }
  return known;
}

void FunctionEmitter::SetLocal(uint32_t index, llvm::Value* value) {
  builder().CreateStore(value, locals_[index]);
  known_locals_[index] = value;
}

llvm::BasicBlock* FunctionEmitter::NewBlock(const char* name) {
  llvm::BasicBlock* const block =
      llvm::BasicBlock::Create(unit_.context(), name);
  new_blocks_.emplace_back(block);
  return block;
}

void FunctionEmitter::Abandon() {
  for (llvm::Value* value : new_blocks_) {
    auto* const block = llvm::cast_or_null<llvm::BasicBlock>(value);
    if (block != nullptr && block->getParent() == nullptr) {
      block->insertInto(function_);
    }
  }
}

void FunctionEmitter::Continue(llvm::BasicBlock* block) {
  block->insertInto(function_);
  builder().SetInsertPoint(block);
  reachable_ = true;
}

void FunctionEmitter::Enter(llvm::BasicBlock* block) {
  Continue(block);
  known_locals_.clear();
  checked_.clear();
}

BranchTarget FunctionEmitter::NewTarget(
    const char* name, std::span<const wasm::ValueType> types) {
  BranchTarget target;
  target.block = NewBlock(name);
  for (wasm::ValueType type : types) {
    target.phis.push_back(llvm::PHINode::Create(
        LowerType(unit_.context(), type), 2, "", target.block));
  }
  return target;
}

void FunctionEmitter::AddIncoming(BranchTarget& target,
                                  llvm::ArrayRef<llvm::Value*> values) {
  for (size_t i = 0; i < target.phis.size(); ++i) {
    target.phis[i]->addIncoming(values[i], builder().GetInsertBlock());
  }
}

void FunctionEmitter::Jump(BranchTarget& target,
                           llvm::ArrayRef<llvm::Value*> values) {
  AddIncoming(target, values);
  builder().CreateBr(target.block);
  SetUnreachable();
}

void FunctionEmitter::Trap(TrapCode code) {
  llvm::CallInst* const trap = builder().CreateIntrinsic(
      llvm::Intrinsic::ubsantrap, {},
      {builder().getInt8(static_cast<uint8_t>(code))});
  trap->setDoesNotReturn();
  trap->setDoesNotThrow();
  builder().CreateUnreachable();
  SetUnreachable();
}

void FunctionEmitter::TrapIf(llvm::Value* condition, TrapCode code) {
  llvm::BasicBlock*& trap = traps_[code];
  llvm::BasicBlock* const next = NewBlock("");
  if (trap == nullptr) {
    trap = llvm::BasicBlock::Create(unit_.context(), "trap", function_);
    const llvm::IRBuilderBase::InsertPointGuard guard(builder());
    builder().SetInsertPoint(trap);
    unit_.SetSharedSource();
    Trap(code);
  }
  builder().CreateCondBr(condition, trap, next, unit_.unlikely());
  Continue(next);
}

llvm::Value* FunctionEmitter::LoadContext(llvm::Type* type, uint64_t offset) {
  return unit_.Load(type, instance_, offset, MemoryKind::kContext);
}

llvm::BasicBlock* FunctionEmitter::LandingPad() {
  Handler& handler = handlers_.back();
  if (handler.landing_pad != nullptr) return handler.landing_pad;
  const llvm::IRBuilderBase::InsertPointGuard guard(builder());
  handler.landing_pad =
      llvm::BasicBlock::Create(unit_.context(), "landing_pad", function_);
  builder().SetInsertPoint(handler.landing_pad);
  llvm::LandingPadInst* const pad = builder().CreateLandingPad(
      llvm::StructType::get(unit_.ptr(), builder().getInt32Ty()), 1);
  pad->addClause(llvm::ConstantPointerNull::get(builder().getPtrTy()));
  handler.unwind_exception->addIncoming(builder().CreateExtractValue(pad, 0),
                                        handler.landing_pad);
  builder().CreateBr(handler.dispatch);
  function_->setPersonalityFn(unit_.GetPersonality());
  return handler.landing_pad;
}

llvm::CallBase* FunctionEmitter::EmitCall(
    llvm::FunctionType* type, llvm::Value* code,
    llvm::ArrayRef<llvm::Value*> arguments, Unwind unwind) {
  if (unwind == Unwind::kMay && !handlers_.empty()) {
    llvm::BasicBlock* const next = NewBlock("");
    llvm::InvokeInst* const invoke =
        builder().CreateInvoke(type, code, next, LandingPad(), arguments);
    Continue(next);
    return invoke;
  }
  llvm::CallInst* const call = builder().CreateCall(type, code, arguments);
  // Only wasm's tail calls are tail calls: recursion without end exhausts the
  // stack instead of looping, and backtraces are complete.
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  if (unwind == Unwind::kNever) call->setDoesNotThrow();
  return call;
}

llvm::Value* FunctionEmitter::CallRuntime(
    uint64_t slot, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments,
    Unwind unwind) {
  std::vector<llvm::Type*> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  llvm::Value* const table = unit_.Load(unit_.ptr(), unit_.GetRuntimeVariable(),
                                        0, MemoryKind::kContext);
  llvm::Value* const code =
      unit_.Load(unit_.ptr(), table, slot, MemoryKind::kContext);
  return EmitCall(llvm::FunctionType::get(result, types, false), code,
                  arguments, unwind);
}

std::vector<llvm::Value*> FunctionEmitter::LowerArguments(
    const LoweredSignature& signature, llvm::Value* context,
    llvm::ArrayRef<llvm::Value*> arguments) {
  std::vector<llvm::Value*> lowered = {context};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ParameterPlace place = signature.places[i];
    if (place.in_register) {
      lowered.push_back(arguments[i]);
    } else {
      unit_.Store(arguments[i], unit_.OverflowSlot(instance_, place.index), 0,
                  MemoryKind::kOverflow);
    }
  }
  return lowered;
}

std::vector<llvm::Value*> FunctionEmitter::CallWasm(
    const LoweredSignature& signature, llvm::Value* code, llvm::Value* context,
    llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::CallBase* const call =
      EmitCall(signature.type, code,
               LowerArguments(signature, context, arguments), Unwind::kMay);
  std::vector<llvm::Value*> results;
  for (uint32_t i = 0; i < signature.result_types.size(); ++i) {
    results.push_back(i == 0 ? static_cast<llvm::Value*>(call)
                             : unit_.Load(signature.result_types[i],
                                          unit_.OverflowSlot(instance_, i - 1),
                                          0, MemoryKind::kOverflow));
  }
  return results;
}

void FunctionEmitter::TailCallWasm(const LoweredSignature& signature,
                                   llvm::Value* code, llvm::Value* context,
                                   llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::CallInst* const call = builder().CreateCall(
      signature.type, code, LowerArguments(signature, context, arguments));
  MarkReturnCall(call, function_);
  if (signature.result_types.empty()) {
    builder().CreateRetVoid();
  } else {
    builder().CreateRet(call);
  }
  SetUnreachable();
}

void FunctionEmitter::Return(llvm::ArrayRef<llvm::Value*> results) {
  for (uint32_t i = 1; i < results.size(); ++i) {
    unit_.Store(results[i], unit_.OverflowSlot(instance_, i - 1), 0,
                MemoryKind::kOverflow);
  }
  if (results.empty()) {
    builder().CreateRetVoid();
  } else {
    builder().CreateRet(results[0]);
  }
  SetUnreachable();
}

}  // namespace slipway::compiler
