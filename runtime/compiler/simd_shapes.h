// How a v128 is divided into lanes, and the operations on lanes that several
// families of vector operators share.

#ifndef SLIPWAY_RUNTIME_COMPILER_SIMD_SHAPES_H_
#define SLIPWAY_RUNTIME_COMPILER_SIMD_SHAPES_H_

#include "llvm/IR/DerivedTypes.h"
#include "runtime/compiler/function_emitter.h"

namespace slipway::compiler {

enum class Shape { kI8x16, kI16x8, kI32x4, kI64x2, kF32x4, kF64x2 };

llvm::FixedVectorType* VectorType(FunctionEmitter& f, Shape shape);
// The integer shape with half as many, twice as wide lanes.
Shape Widened(Shape shape);
uint32_t LaneCount(Shape shape);

llvm::Value* PopShape(FunctionEmitter& f, Shape shape);

// Half of the lanes of a vector, the low-numbered or the high-numbered.
llvm::Value* Half(FunctionEmitter& f, llvm::Value* vector, bool high);
// Every second lane of a vector, from lane `first` (0 or 1).
llvm::Value* EverySecond(FunctionEmitter& f, llvm::Value* vector, int first);
// A vector followed by as many lanes of zero.
llvm::Value* PadWithZero(FunctionEmitter& f, llvm::Value* vector);
// Lanes twice as wide.
llvm::Value* Widen(FunctionEmitter& f, llvm::Value* vector, bool is_signed);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_SIMD_SHAPES_H_
