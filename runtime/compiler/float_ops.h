// Floating-point operations whose wasm meaning needs more than one LLVM
// instruction; for scalars and vectors alike (core specification, section
// 4.3.3). Signs and payloads of NaN results are the specification's
// "arithmetic NaN": any, but quiet.

#ifndef SLIPWAY_RUNTIME_COMPILER_FLOAT_OPS_H_
#define SLIPWAY_RUNTIME_COMPILER_FLOAT_OPS_H_

#include "llvm/IR/IRBuilder.h"

namespace slipway::compiler {

// fadd, fsub, fmul and fdiv. LLVM drops operations with an identity (x * 1.0),
// which would let a signalling NaN through; those are made explicit.
llvm::Value* FloatArithmetic(llvm::IRBuilder<>& builder,
                             llvm::Instruction::BinaryOps op, llvm::Value* a,
                             llvm::Value* b);

// fmin and fmax: NaN when either operand is, and -0 is less than +0.
llvm::Value* FloatMinimum(llvm::IRBuilder<>& builder, llvm::Value* a,
                          llvm::Value* b);
llvm::Value* FloatMaximum(llvm::IRBuilder<>& builder, llvm::Value* a,
                          llvm::Value* b);

// f32.demote_f64 and its vector form.
llvm::Value* FloatDemote(llvm::IRBuilder<>& builder, llvm::Value* value,
                         llvm::Type* type);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_FLOAT_OPS_H_
