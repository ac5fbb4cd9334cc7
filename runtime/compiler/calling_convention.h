// How a wasm function type becomes a native one: the calling convention of
// object_format.h in LLVM's words.

#ifndef SLIPWAY_RUNTIME_COMPILER_CALLING_CONVENTION_H_
#define SLIPWAY_RUNTIME_COMPILER_CALLING_CONVENTION_H_

#include <cstdint>
#include <vector>

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Type.h"
#include "runtime/wasm/types.h"

namespace slipway::compiler {

// The LLVM type of a wasm value. v128 is <2 x i64>; references are pointers.
llvm::Type* LowerType(llvm::LLVMContext& context, wasm::ValueType type);

// Where one parameter travels.
struct ParameterPlace {
  bool in_register = true;
  // An argument of the LLVM function (0 is the context), or an element of
  // ThreadState::overflow.
  uint32_t index = 0;
};

struct LoweredSignature {
  LoweredSignature(llvm::LLVMContext& context, const wasm::FuncType& wasm_type);

  // R (ptr context, register parameters…)
  llvm::FunctionType* type;
  std::vector<ParameterPlace> places;    // per parameter
  std::vector<llvm::Type*> param_types;  // per parameter
  // The first is the native result; result i > 0 is overflow[i - 1].
  std::vector<llvm::Type*> result_types;
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_CALLING_CONVENTION_H_
