#include "runtime/wasm/const_expr.h"

#include <string>
#include <vector>

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/instruction_decoder.h"
#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {
namespace {

class ConstExprValidator {
 public:
  ConstExprValidator(const Module& module, const ConstExpr& expr,
                     uint32_t globals)
      : module_(module), reader_(expr.bytes, expr.offset), globals_(globals) {}

  absl::Status Run(ValueType expected) {
    do {
      if (!ReadInstruction(reader_, module_, instruction_) || !Apply()) {
        return reader_.status();
      }
    } while (instruction_.op != Opcode::kEnd);
    if (stack_.size() != 1) {
      Fail("type mismatch: expected one value of type " + expected.ToString() +
           ", found " + ToString(stack_));
    } else if (!Matches(module_, stack_[0], expected)) {
      Fail("type mismatch: expected " + expected.ToString() + ", found " +
           stack_[0].ToString());
    }
    return reader_.status();
  }

 private:
  bool Fail(std::string_view message) {
    return reader_.FailInvalid(instruction_.offset, message);
  }

  bool Push(ValueType type) {
    stack_.push_back(type);
    return true;
  }

  bool Binary(ValueType type) {
    const size_t size = stack_.size();
    if (size < 2 || stack_[size - 1] != type || stack_[size - 2] != type) {
      return Fail("type mismatch: expected two operands of type " +
                  type.ToString() + ", found " + ToString(stack_));
    }
    stack_.pop_back();
    return true;
  }

  bool RefFunc() {
    const uint32_t function = instruction_.index;
    if (function >= module_.functions.size()) {
      return Fail("unknown function " + std::to_string(function));
    }
    return Push(ValueType::Ref(HeapType::Index(module_.functions[function]),
                               /*nullable=*/false));
  }

  bool GlobalGet() {
    const uint32_t global = instruction_.index;
    if (global >= globals_) {
      return Fail("unknown global " + std::to_string(global));
    }
    const GlobalType& type = module_.globals[global].type;
    if (type.is_mutable) {
      return Fail("constant expression required, found mutable global " +
                  std::to_string(global));
    }
    return Push(type.value);
  }

  bool RefNull() {
    if (!TypeExists(instruction_.type, module_.types.size())) {
      return Fail("unknown type " + instruction_.type.ToString());
    }
    return Push(instruction_.type);
  }

  bool Apply() {
    switch (instruction_.op) {
      case Opcode::kI32Const:
        return Push(ValueType::kI32);
      case Opcode::kI64Const:
        return Push(ValueType::kI64);
      case Opcode::kF32Const:
        return Push(ValueType::kF32);
      case Opcode::kF64Const:
        return Push(ValueType::kF64);
      case Opcode::kV128Const:
        return Push(ValueType::kV128);
      case Opcode::kI32Add:
      case Opcode::kI32Sub:
      case Opcode::kI32Mul:
        return Binary(ValueType::kI32);
      case Opcode::kI64Add:
      case Opcode::kI64Sub:
      case Opcode::kI64Mul:
        return Binary(ValueType::kI64);
      case Opcode::kRefNull:
        return RefNull();
      case Opcode::kRefFunc:
        return RefFunc();
      case Opcode::kGlobalGet:
        return GlobalGet();
      case Opcode::kEnd:
        return true;
      default:
        return Fail("constant expression required, found " +
                    std::string(OpcodeName(instruction_.op)));
    }
  }

  const Module& module_;
  ByteReader reader_;
  const uint32_t globals_;
  Instruction instruction_;
  std::vector<ValueType> stack_;
};

}  // namespace

absl::Status ValidateConstExpr(const Module& module, const ConstExpr& expr,
                               ValueType expected, uint32_t globals) {
  return ConstExprValidator(module, expr, globals).Run(expected);
}

}  // namespace slipway::wasm
