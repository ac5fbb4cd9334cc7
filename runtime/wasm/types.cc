#include "runtime/wasm/types.h"

namespace slipway::wasm {
namespace {

std::string HeapTypeName(HeapType heap) {
  switch (heap.code()) {
    case HeapType::kFunc:
      return "func";
    case HeapType::kExtern:
      return "extern";
    case HeapType::kExn:
      return "exn";
    case HeapType::kNoFunc:
      return "nofunc";
    case HeapType::kNoExtern:
      return "noextern";
    case HeapType::kNoExn:
      return "noexn";
    case HeapType::kBottomHeap:
      return "bottom";
    default:
      return std::to_string(heap.index());
  }
}

}  // namespace

std::string ValueType::ToString() const {
  switch (kind()) {
    case kI32:
      return "i32";
    case kI64:
      return "i64";
    case kF32:
      return "f32";
    case kF64:
      return "f64";
    case kV128:
      return "v128";
    case kRef:
      return (nullable() ? "(ref null " : "(ref ") + HeapTypeName(heap()) + ")";
    case kBottom:
      break;
  }
  return "bottom";
}

std::string ToString(std::span<const ValueType> types) {
  std::string text = "(";
  for (size_t i = 0; i < types.size(); ++i) {
    if (i > 0) text += ", ";
    text += types[i].ToString();
  }
  return text + ")";
}

std::string FuncType::ToString() const {
  return wasm::ToString(params) + " -> " + wasm::ToString(results);
}

}  // namespace slipway::wasm
