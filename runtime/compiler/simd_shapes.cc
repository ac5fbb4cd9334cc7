#include "runtime/compiler/simd_shapes.h"

#include <numeric>
#include <vector>

#include "llvm/IR/Constants.h"

namespace slipway::compiler {
namespace {

uint32_t Lanes(llvm::Value* vector) {
  return llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
}

}  // namespace

llvm::FixedVectorType* VectorType(FunctionEmitter& f, Shape shape) {
  llvm::IRBuilder<>& b = f.builder();
  switch (shape) {
    case Shape::kI8x16:
      return llvm::FixedVectorType::get(b.getInt8Ty(), 16);
    case Shape::kI16x8:
      return llvm::FixedVectorType::get(b.getInt16Ty(), 8);
    case Shape::kI32x4:
      return llvm::FixedVectorType::get(b.getInt32Ty(), 4);
    case Shape::kI64x2:
      return llvm::FixedVectorType::get(b.getInt64Ty(), 2);
    case Shape::kF32x4:
      return llvm::FixedVectorType::get(b.getFloatTy(), 4);
    case Shape::kF64x2:
      return llvm::FixedVectorType::get(b.getDoubleTy(), 2);
  }
  return nullptr;
}

Shape Widened(Shape shape) {
  switch (shape) {
    case Shape::kI8x16:
      return Shape::kI16x8;
    case Shape::kI16x8:
      return Shape::kI32x4;
    default:
      return Shape::kI64x2;
  }
}

uint32_t LaneCount(Shape shape) {
  switch (shape) {
    case Shape::kI8x16:
      return 16;
    case Shape::kI16x8:
      return 8;
    case Shape::kI32x4:
    case Shape::kF32x4:
      return 4;
    default:
      return 2;
  }
}

llvm::Value* PopShape(FunctionEmitter& f, Shape shape) {
  return f.PopAs(VectorType(f, shape));
}

llvm::Value* Half(FunctionEmitter& f, llvm::Value* vector, bool high) {
  std::vector<int> mask(Lanes(vector) / 2);
  std::iota(mask.begin(), mask.end(), high ? static_cast<int>(mask.size()) : 0);
  return f.builder().CreateShuffleVector(vector, mask);
}

llvm::Value* EverySecond(FunctionEmitter& f, llvm::Value* vector, int first) {
  std::vector<int> mask;
  for (int i = first; i < static_cast<int>(Lanes(vector)); i += 2) {
    mask.push_back(i);
  }
  return f.builder().CreateShuffleVector(vector, mask);
}

llvm::Value* PadWithZero(FunctionEmitter& f, llvm::Value* vector) {
  std::vector<int> mask(2 * Lanes(vector));
  std::iota(mask.begin(), mask.end(), 0);
  return f.builder().CreateShuffleVector(
      vector, llvm::Constant::getNullValue(vector->getType()), mask);
}

llvm::Value* Widen(FunctionEmitter& f, llvm::Value* vector, bool is_signed) {
  auto* const wide = llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(vector->getType()));
  return is_signed ? f.builder().CreateSExt(vector, wide)
                   : f.builder().CreateZExt(vector, wide);
}

}  // namespace slipway::compiler
