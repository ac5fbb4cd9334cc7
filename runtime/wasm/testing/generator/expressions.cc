// Expressions: one value of a type.

#include "runtime/wasm/testing/generator/body.h"
#include "runtime/wasm/testing/generator/constants.h"

namespace slipway::wasm {
namespace {

// The operators that a row types, by their one result; those that return an
// address or a size are both under i32 and i64.
std::vector<Opcode> RowsWithResult(char letter) {
  std::vector<Opcode> rows;
  for (uint32_t i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& info = kOpcodeTable[i];
    if (info.params.special() || info.results.size() != 1) continue;
    const bool constant = info.params.size() == 0 &&
                          info.immediate >= Immediate::kI32 &&
                          info.immediate <= Immediate::kV128;
    const char result = info.results[0];
    const bool address = result == 'a' && (letter == 'i' || letter == 'l');
    if (!constant && (result == letter || address)) {
      rows.push_back(static_cast<Opcode>(i));
    }
  }
  return rows;
}

const std::vector<Opcode>& RowsFor(ValueType type) {
  static const std::vector<Opcode>* const rows[] = {
      new std::vector(RowsWithResult('i')),
      new std::vector(RowsWithResult('l')),
      new std::vector(RowsWithResult('f')),
      new std::vector(RowsWithResult('d')),
      new std::vector(RowsWithResult('v')),
      new std::vector(RowsWithResult('e')),
  };
  return *rows[type.kind()];
}

}  // namespace

bool BodyGenerator::Expression(ValueType type) {
  const Choices::Scope scope(choices_);
  const Nest nest(depth_);
  --budget_;
  if (type.is_ref()) {
    Reference(type);
    return true;
  }
  switch (choices_.Below(exhausted() ? 5 : 20)) {
    case 0:
      Zero(type);
      return true;
    case 1:
      AppendConstant(choices_, type.kind(), code_);
      return true;
    case 2:
    case 3:
      return Local(type);
    case 4:
      return Global(type);
    case 5:
      Select(type);
      return false;
    case 6:
      if (Call(Types{type})) return false;
      return Local(type);
    case 7:
      Nested(type);
      return false;
    case 8: {
      const bool same_bits = Expression(type);
      const std::vector<uint32_t> locals = LocalsOfType(type);
      if (!locals.empty()) code_.Op(kLocalTee, choices_.Of(locals));
      return same_bits;
    }
    case 9:
      if (type == ValueType::kI32) return IsNull();
      return Operator(type);
    default:
      return Operator(type);
  }
}

bool BodyGenerator::IsNull() {
  Expression(choices_.Of(NullableTypes()));
  code_.Op(kRefIsNull);
  return true;
}

void BodyGenerator::Expressions(const Types& types) {
  for (const ValueType& type : types) Expression(type);
}

bool BodyGenerator::Local(ValueType type) {
  const std::vector<uint32_t> locals = LocalsOfType(type);
  if (locals.empty()) {
    Zero(type);
    return true;
  }
  code_.LocalGet(choices_.Of(locals));
  return false;
}

bool BodyGenerator::Global(ValueType type) {
  std::vector<uint32_t> globals;
  for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
    if (i != kFuelGlobal && plan_.globals[i].value == type) {
      globals.push_back(i);
    }
  }
  if (globals.empty()) return Local(type);
  code_.Op(kGlobalGet, choices_.Of(globals));
  return false;
}

void BodyGenerator::Select(ValueType type) {
  Expression(type);
  Expression(type);
  Expression(ValueType::kI32);
  if (type.is_ref() || choices_.OneIn(2)) {
    code_.SelectTyped(type);
  } else {
    code_.Op(kSelect);
  }
}

// A block, loop, if or try_table with one result.
void BodyGenerator::Nested(ValueType type) {
  auto body = [&] {
    Mark();
    if (Statements()) Expression(type);
    Mark();
  };
  switch (choices_.Below(4)) {
    case 0:
      EnterBlock(kBlock, {}, {type});
      body();
      break;
    case 1:
      Expression(ValueType::kI32);
      EnterBlock(kIf, {}, {type});
      body();
      code_.Op(kElse);
      body();
      break;
    case 2:
      EnterBlock(kLoop, {}, {type});
      SpendFuel(1);
      body();
      break;
    default:
      return TryWithResult(type);
  }
  LeaveBlock();
}

void BodyGenerator::Reference(ValueType type) {
  const uint32_t choice = choices_.Below(exhausted() ? 3 : 8);
  const bool function =
      type.heap() != HeapType::kExtern && type.heap() != HeapType::kExn;
  switch (choice) {
    case 0:
      Zero(type);
      return;
    case 1:
      Local(type);
      return;
    case 2:
      Global(type);
      return;
    case 3:
      if (!function) return ComplexReference(type);
      code_.Op(kRefFunc, AnyFunction(type.heap()));
      return;
    case 4:
      Select(type);
      return;
    case 5:
      Operator(type);
      return;
    case 6:
      if (!Call(Types{type})) Nested(type);
      return;
    default:
      ComplexReference(type);
  }
}

uint32_t BodyGenerator::AnyFunction(HeapType heap) {
  if (heap.is_index()) {
    return choices_.Of(plan_.FunctionsOfType(heap.index()));
  }
  return kHostFunctionCount + choices_.Below(options_.bodies);
}

// References that are made in a way of their own.
void BodyGenerator::ComplexReference(ValueType type) {
  if (type.heap() == HeapType::kExtern) {
    Expression(ValueType::kI32);
    code_.I32(7).Op(kI32And).Op(kCall, kHostRef);
  } else if (type.heap() == HeapType::kExn) {
    CaughtException();
  } else if (type.nullable()) {
    Nested(type);
  } else if (choices_.OneIn(2)) {
    Expression(ValueType::Ref(type.heap(), choices_.OneIn(6)));
    code_.Op(kRefAsNonNull);
  } else {
    EnterBlock(kBlock, {}, {type});
    Mark();
    Expression(ValueType::Ref(type.heap(), choices_.OneIn(6)));
    code_.Op(kBrOnNonNull, 0);
    Expression(type);
    Mark();
    LeaveBlock();
  }
}

bool BodyGenerator::Operator(ValueType type) {
  const Opcode op = choices_.Of(RowsFor(type));
  Immediates immediates;
  if (ChooseImmediates(op, type, immediates)) {
    return RowOperator(op, immediates);
  }
  return Local(type);
}

}  // namespace slipway::wasm
