#include "runtime/engine/const_expr.h"

#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/byte_reader.h"

namespace slipway::engine {
namespace {

using object::Value;

enum Opcode : uint8_t {
  kEnd = 0x0b,
  kGlobalGet = 0x23,
  kI32Const = 0x41,
  kI64Const = 0x42,
  kF32Const = 0x43,
  kF64Const = 0x44,
  kI32Add = 0x6a,
  kI32Sub = 0x6b,
  kI32Mul = 0x6c,
  kI64Add = 0x7c,
  kI64Sub = 0x7d,
  kI64Mul = 0x7e,
  kRefNull = 0xd0,
  kRefFunc = 0xd2,
  kSimdPrefix = 0xfd,
};
constexpr uint32_t kV128Const = 12;  // after kSimdPrefix

class Evaluator {
 public:
  Evaluator(const wasm::ConstExpr& expr, const ConstEnvironment& environment)
      : reader_(expr.bytes, expr.offset), environment_(environment) {}

  absl::StatusOr<Value> Run() {
    while (true) {
      const size_t at = reader_.offset();
      uint8_t opcode = 0;
      if (!reader_.ReadByte(opcode)) return reader_.status();
      if (opcode == kEnd && stack_.size() == 1) return stack_.back();
      if (!Step(opcode) || !reader_.status().ok()) {
        return absl::InternalError(absl::StrCat(
            "offset 0x", absl::Hex(at), ": bad constant expression (opcode 0x",
            absl::Hex(opcode), ")"));
      }
    }
  }

 private:
  bool Step(uint8_t opcode) {
    switch (opcode) {
      case kGlobalGet:
        return Push(environment_.global(ReadIndex()));
      case kI32Const:
      case kI64Const:
      case kF32Const:
      case kF64Const:
      case kSimdPrefix:
        return PushConstant(opcode);
      case kRefNull: {
        int64_t heap_type = 0;
        reader_.ReadS33(heap_type);
        return Push(ZeroValue());
      }
      case kRefFunc: {
        Value value = ZeroValue();
        value.ref = environment_.function(ReadIndex());
        return Push(value);
      }
      default:
        return Arithmetic(opcode);
    }
  }

  bool PushConstant(uint8_t opcode) {
    Value value = ZeroValue();
    switch (opcode) {
      case kI32Const:
        reader_.ReadS32(value.i32);
        break;
      case kI64Const:
        reader_.ReadS64(value.i64);
        break;
      case kF32Const:
        return PushBytes(4);
      case kF64Const:
        return PushBytes(8);
      default: {  // kSimdPrefix
        uint32_t instruction = 0;
        reader_.ReadU32(instruction);
        return instruction == kV128Const && PushBytes(16);
      }
    }
    return Push(value);
  }

  bool PushBytes(size_t size) {
    wasm::Bytes bytes;
    if (!reader_.ReadBytes(size, bytes)) return false;
    Value value = ZeroValue();
    std::memcpy(value.v128, bytes.data(), size);
    return Push(value);
  }

  // Unsigned, so that overflow wraps.
  template <typename T>
  static T Apply(int operation, T a, T b) {
    return operation == 0 ? a + b : operation == 1 ? a - b : a * b;
  }

  bool Arithmetic(uint8_t opcode) {
    if (stack_.size() < 2) return false;
    const Value b = Pop();
    const Value a = Pop();
    Value value = ZeroValue();
    if (opcode >= kI32Add && opcode <= kI32Mul) {
      value.i32 = static_cast<int32_t>(
          Apply<uint32_t>(opcode - kI32Add, static_cast<uint32_t>(a.i32),
                          static_cast<uint32_t>(b.i32)));
    } else if (opcode >= kI64Add && opcode <= kI64Mul) {
      value.i64 = static_cast<int64_t>(
          Apply<uint64_t>(opcode - kI64Add, static_cast<uint64_t>(a.i64),
                          static_cast<uint64_t>(b.i64)));
    } else {
      return false;
    }
    return Push(value);
  }

  uint32_t ReadIndex() {
    uint32_t index = 0;
    reader_.ReadU32(index);
    return index;
  }
  bool Push(Value value) {
    stack_.push_back(value);
    return true;
  }
  Value Pop() {
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }

  wasm::ByteReader reader_;
  const ConstEnvironment& environment_;
  std::vector<Value> stack_;
};

}  // namespace

absl::StatusOr<Value> Evaluate(const wasm::ConstExpr& expr,
                               const ConstEnvironment& environment) {
  return Evaluator(expr, environment).Run();
}

uint64_t AsAddress(Value value, bool is64) {
  return is64 ? static_cast<uint64_t>(value.i64)
              : static_cast<uint64_t>(static_cast<uint32_t>(value.i32));
}

}  // namespace slipway::engine
