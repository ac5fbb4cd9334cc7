// The operand stack of FunctionReader, and its messages.

#include <string>

#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {

void FunctionReader::PushAll(std::span<const ValueType> types) {
  for (ValueType type : types) Push(type);
}

bool FunctionReader::PopAny(ValueType& type) {
  const ControlFrame& frame = frames_.back();
  if (stack_.size() > frame.height) {
    type = stack_.back();
    stack_.pop_back();
    return true;
  }
  type = ValueType::kBottom;
  return frame.unreachable ||
         Fail("type mismatch: expected an operand, found an empty stack");
}

bool FunctionReader::PopSlow(ValueType expected) {
  ValueType found;
  if (stack_.size() == frames_.back().height && !frames_.back().unreachable) {
    return Fail("type mismatch: expected " + expected.ToString() +
                ", found an empty stack");
  }
  if (!PopAny(found)) return false;
  return Matches(module_, found, expected) || Mismatch(expected, found);
}

bool FunctionReader::PopAll(std::span<const ValueType> types) {
  for (size_t i = types.size(); i-- > 0;) {
    if (!Pop(types[i])) return false;
  }
  return true;
}

bool FunctionReader::PopReference(ValueType& type) {
  if (!PopAny(type)) return false;
  if (type.kind() == ValueType::kBottom) {
    type = ValueType::Ref(HeapType::kBottomHeap, /*nullable=*/false);
  }
  return type.is_ref() ||
         Fail("type mismatch: expected a reference, found " + type.ToString());
}

bool FunctionReader::CheckTop(std::span<const ValueType> types) {
  const ControlFrame& frame = frames_.back();
  const size_t available = stack_.size() - frame.height;
  for (size_t i = 0; i < types.size(); ++i) {
    const ValueType expected = types[types.size() - 1 - i];
    if (i >= available) {
      return frame.unreachable ||
             Fail("type mismatch: expected " + expected.ToString() +
                  ", found an empty stack");
    }
    const ValueType found = stack_[stack_.size() - 1 - i];
    if (!Matches(module_, found, expected)) return Mismatch(expected, found);
  }
  return true;
}

bool FunctionReader::Fail(std::string_view message) {
  return reader_.FailInvalid(
      offset_, std::string(OpcodeName(op_)) + ": " + std::string(message));
}

bool FunctionReader::FailUnknown(std::string_view what, uint32_t index) {
  return Fail("unknown " + std::string(what) + " " + std::to_string(index));
}

bool FunctionReader::Mismatch(ValueType expected, ValueType found) {
  return Fail("type mismatch: expected " + expected.ToString() + ", found " +
              found.ToString());
}

}  // namespace slipway::wasm
