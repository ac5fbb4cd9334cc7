#include "runtime/compiler/calling_convention.h"

#include "runtime/object/object_format.h"

namespace slipway::compiler {

llvm::Type* LowerType(llvm::LLVMContext& context, wasm::ValueType type) {
  switch (type.kind()) {
    case wasm::ValueType::kI32:
      return llvm::Type::getInt32Ty(context);
    case wasm::ValueType::kI64:
      return llvm::Type::getInt64Ty(context);
    case wasm::ValueType::kF32:
      return llvm::Type::getFloatTy(context);
    case wasm::ValueType::kF64:
      return llvm::Type::getDoubleTy(context);
    case wasm::ValueType::kV128:
      return llvm::FixedVectorType::get(llvm::Type::getInt64Ty(context), 2);
    case wasm::ValueType::kRef:
    case wasm::ValueType::kBottom:  // of unreachable code: any type will do
      return llvm::PointerType::get(context, 0);
  }
  return nullptr;
}

LoweredSignature::LoweredSignature(llvm::LLVMContext& context,
                                   const wasm::FuncType& wasm_type) {
  std::vector<llvm::Type*> arguments = {llvm::PointerType::get(context, 0)};
  int ints = 0;
  int floats = 0;
  uint32_t overflow = 0;
  for (wasm::ValueType param : wasm_type.params) {
    llvm::Type* const lowered = LowerType(context, param);
    param_types.push_back(lowered);
    const bool is_int = lowered->isIntegerTy() || lowered->isPointerTy();
    const bool fits = is_int ? ints++ < object::kIntRegisters
                             : floats++ < object::kFloatRegisters;
    if (fits) {
      places.push_back({true, static_cast<uint32_t>(arguments.size())});
      arguments.push_back(lowered);
    } else {
      places.push_back({false, overflow++});
    }
  }
  for (wasm::ValueType result : wasm_type.results) {
    result_types.push_back(LowerType(context, result));
  }
  llvm::Type* const result = result_types.empty()
                                 ? llvm::Type::getVoidTy(context)
                                 : result_types.front();
  type = llvm::FunctionType::get(result, arguments, /*isVarArg=*/false);
}

}  // namespace slipway::compiler
