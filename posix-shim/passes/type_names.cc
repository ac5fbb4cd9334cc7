#include "posix-shim/passes/type_names.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/Module.h>

#include <cstdint>

namespace slipway {
namespace {

constexpr uint64_t kByName = uint64_t{1} << 63;
// Of a type_info: the table of virtual functions, and the name.
constexpr unsigned kNameField = 1;

bool IsTypeInfo(const llvm::GlobalVariable& variable) {
  return variable.hasInitializer() && !variable.hasLocalLinkage() &&
         variable.getName().starts_with("_ZTI");
}

// Whether something was changed.
bool MarkName(llvm::GlobalVariable& variable) {
  auto* const fields =
      llvm::dyn_cast<llvm::ConstantStruct>(variable.getInitializer());
  if (fields == nullptr || fields->getNumOperands() <= kNameField) return false;
  llvm::SmallVector<llvm::Constant*> values;
  for (llvm::Use& field : fields->operands()) {
    values.push_back(llvm::cast<llvm::Constant>(field));
  }
  // Not marked already.
  if (!llvm::isa<llvm::GlobalVariable>(values[kNameField])) return false;
  llvm::LLVMContext& context = variable.getContext();
  values[kNameField] = llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(context), values[kNameField],
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), kByName));
  variable.setInitializer(llvm::ConstantStruct::get(fields->getType(), values));
  return true;
}

}  // namespace

llvm::PreservedAnalyses TypeNames::run(llvm::Module& module,
                                       llvm::ModuleAnalysisManager&) {
  bool changed = false;
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (IsTypeInfo(variable)) changed |= MarkName(variable);
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace slipway
