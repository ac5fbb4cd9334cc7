#include "posix-shim/passes/variadic_abi.h"

#include <cstdint>

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"

namespace slipway {
namespace {

constexpr unsigned kSlotBits = 64;
// What a call without variable arguments may be asked for: as many as a system
// call has arguments, and some.
constexpr uint64_t kZeros = 8;

// `value` as it fills a slot; null when it does already.
llvm::Value* Widen(llvm::IRBuilder<>& builder, const llvm::DataLayout& layout,
                   llvm::Value* value, bool is_signed) {
  llvm::Type* type = value->getType();
  const bool is_vector = type->isVectorTy();
  if (!type->isIntegerTy() && !type->isFloatingPointTy() && !is_vector) {
    return nullptr;
  }
  const uint64_t bits = layout.getTypeSizeInBits(type);
  if (bits > kSlotBits || (bits == kSlotBits && !is_vector)) return nullptr;
  value = builder.CreateBitCast(value, builder.getIntNTy(bits));
  return builder.CreateIntCast(value, builder.getInt64Ty(), is_signed);
}

bool WidenArguments(llvm::CallBase& call) {
  const llvm::DataLayout& layout = call.getModule()->getDataLayout();
  llvm::IRBuilder<> builder(&call);
  bool changed = false;
  for (unsigned i = call.getFunctionType()->getNumParams(); i < call.arg_size();
       ++i) {
    llvm::Value* wide = Widen(builder, layout, call.getArgOperand(i),
                              call.paramHasAttr(i, llvm::Attribute::SExt));
    if (wide == nullptr) continue;
    call.setArgOperand(i, wide);
    call.removeParamAttrs(
        i, llvm::AttributeFuncs::typeIncompatible(
               wide->getType(), call.getAttributes().getParamAttrs(i)));
    changed = true;
  }
  return changed;
}

llvm::Constant* Zeros(llvm::Module& module) {
  constexpr char kName[] = "__slipway_no_arguments";
  if (llvm::GlobalVariable* zeros = module.getNamedGlobal(kName)) return zeros;
  llvm::Type* type =
      llvm::ArrayType::get(llvm::Type::getInt64Ty(module.getContext()), kZeros);
  auto* zeros = new llvm::GlobalVariable(
      module, type, /*isConstant=*/true, llvm::GlobalValue::LinkOnceODRLinkage,
      llvm::Constant::getNullValue(type), kName);
  zeros->setVisibility(llvm::GlobalValue::HiddenVisibility);
  zeros->setComdat(module.getOrInsertComdat(kName));
  zeros->setAlignment(llvm::Align(16));
  return zeros;
}

void ReplaceNullList(llvm::VAStartInst& start) {
  llvm::IRBuilder<> builder(start.getNextNode());
  llvm::Value* list = start.getArgList();
  llvm::Value* first = builder.CreateLoad(builder.getPtrTy(), list);
  llvm::Value* zeros = Zeros(*start.getModule());
  builder.CreateStore(
      builder.CreateSelect(builder.CreateIsNull(first), zeros, first), list);
}

}  // namespace

llvm::PreservedAnalyses VariadicAbi::run(llvm::Module& module,
                                         llvm::ModuleAnalysisManager&) {
  llvm::SmallVector<llvm::CallBase*> calls;
  llvm::SmallVector<llvm::VAStartInst*> starts;
  for (llvm::Function& function : module) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      if (auto* start = llvm::dyn_cast<llvm::VAStartInst>(&instruction)) {
        starts.push_back(start);
      } else if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
                 call != nullptr && call->getFunctionType()->isVarArg() &&
                 !llvm::isa<llvm::IntrinsicInst>(call)) {
        calls.push_back(call);
      }
    }
  }
  bool changed = !starts.empty();
  for (llvm::VAStartInst* start : starts) ReplaceNullList(*start);
  for (llvm::CallBase* call : calls) changed |= WidenArguments(*call);
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace slipway
