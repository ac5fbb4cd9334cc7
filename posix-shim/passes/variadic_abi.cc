// A pass of clang's that gives guests the variable arguments of x86-64.
//
// wasm packs them into the list by size, 4 bytes for an int and 8 for a long;
// x86-64 gives each a slot of 8 bytes. A program that passes one and reads the
// other (a size_t for "%d", a plain 0 for the null that ends a list) misreads
// the next argument on wasm only. So:
//
//   - where a variadic function is called, an argument of less than 8 bytes is
//     widened with zeros to 8, as an x86-64 register would hold it;
//   - a list without arguments, which is null on wasm, becomes one of zeros:
//     functions read an optional argument before they know that it is there
//     (fcntl, ioctl, prctl).
//
// The reading side is expanded before any pass can see it, so there it is a
// macro: include/variadic.h.
//
// The pass runs before all others, at every level of optimisation, and changes
// nothing when it runs again.

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
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"

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

struct VariadicAbi : llvm::PassInfoMixin<VariadicAbi> {
  static bool isRequired() { return true; }  // at -O0 and for optnone too

  llvm::PreservedAnalyses run(llvm::Module& module,
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
};

}  // namespace
}  // namespace slipway

extern "C" LLVM_ATTRIBUTE_WEAK llvm::PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "slipway-variadic-abi", "1",
          [](llvm::PassBuilder& builder) {
            builder.registerPipelineStartEPCallback(
                [](llvm::ModulePassManager& passes, llvm::OptimizationLevel) {
                  passes.addPass(slipway::VariadicAbi());
                });
          }};
}
