#include "runtime/wasm/testing/generator/body.h"

#include <array>
#include <cstring>

#include "runtime/wasm/testing/generator/constants.h"

namespace slipway::wasm {
namespace {

std::array<uint8_t, 16> NanLanes(ValueType::Kind kind) {
  std::array<uint8_t, 16> bytes;
  const size_t size = kind == ValueType::kF32 ? 4 : 8;
  for (size_t at = 0; at < bytes.size(); at += size) {
    if (size == 4) {
      memcpy(&bytes[at], &kCanonicalNan32, size);
    } else {
      memcpy(&bytes[at], &kCanonicalNan64, size);
    }
  }
  return bytes;
}

}  // namespace

void AppendCanonicalise(ValueType::Kind kind, bool vector, uint32_t scratch,
                        Code& code) {
  using enum Opcode;
  const bool narrow = kind == ValueType::kF32;
  code.Op(kLocalTee, scratch);
  if (vector) {
    code.V128(NanLanes(kind));
  } else if (narrow) {
    code.F32Bits(kCanonicalNan32);
  } else {
    code.F64Bits(kCanonicalNan64);
  }
  code.LocalGet(scratch).LocalGet(scratch);
  if (vector) {
    code.Op(narrow ? kF32x4Eq : kF64x2Eq).Op(kV128Bitselect);
  } else {
    code.Op(narrow ? kF32Eq : kF64Eq).Op(kSelect);
  }
}

BodyGenerator::BodyGenerator(Plan& plan, const GeneratorOptions& options,
                             uint32_t function, Choices& choices,
                             uint32_t& next_mark)
    : plan_(plan),
      options_(options),
      type_(plan.function_type(function)),
      choices_(choices),
      next_mark_(next_mark),
      budget_(static_cast<int>(options.body_size)) {}

Body BodyGenerator::Generate() {
  AddLocals();
  labels_.push_back(type_.results);
  SpendFuel(kCallFuel);
  bool falls_through = true;
  while (falls_through && budget_ > 0) {
    // Zero ends the body, so that no decisions make an empty one.
    if (choices_.Below(64) == 0) break;
    falls_through = Statement();
  }
  if (falls_through) Expressions(type_.results);
  Mark();
  return {{locals_.begin() + type_.params.size(), locals_.end()}, code_};
}

void BodyGenerator::AddLocals() {
  locals_ = type_.params;
  for (const auto kind : {ValueType::kI32, ValueType::kI64, ValueType::kF32,
                          ValueType::kF64, ValueType::kV128}) {
    scratch_[kind] = static_cast<uint32_t>(locals_.size());
    locals_.push_back(kind);
    locals_.push_back(kind);
  }
  for (const ValueType& type : NullableTypes()) locals_.push_back(type);
}

// Without enough of it, the function returns zeros.
void BodyGenerator::SpendFuel(int32_t amount) {
  code_.Op(kGlobalGet, kFuelGlobal)
      .I32(amount)
      .Op(kI32Sub)
      .Op(kGlobalSet, kFuelGlobal)
      .Op(kGlobalGet, kFuelGlobal)
      .I32(0)
      .Op(kI32LtS)
      .Block(kIf);
  Zeros(type_.results);
  code_.Op(kReturn).End();
}

void BodyGenerator::Mark() {
  if (!plan_.mark_memory) return;
  code_.I32(0).I32(1).Access(kI32Store8, 0, next_mark_++, *plan_.mark_memory);
}

// Puts a label on top, with its branch operands.
void BodyGenerator::EnterBlock(Opcode op, const Types& params,
                               const Types& results) {
  if (params.empty() && results.empty()) {
    code_.Block(op);
  } else if (params.empty() && results.size() == 1) {
    code_.Block(op, results[0]);
  } else {
    code_.BlockOfType(op, plan_.Intern({params, results}));
  }
  labels_.push_back(op == kLoop ? params : results);
}

void BodyGenerator::LeaveBlock() {
  code_.End();
  labels_.pop_back();
}

std::vector<uint32_t> BodyGenerator::LocalsOfType(ValueType type) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    if (locals_[i] != type) continue;
    if (!type.is_ref() && i == scratch_[type.kind()]) continue;
    found.push_back(i);
  }
  return found;
}

BodyGenerator::Types BodyGenerator::NullableTypes() const {
  Types types;
  for (const GlobalType& global : plan_.globals) {
    if (global.value.is_ref() && global.value.nullable()) {
      types.push_back(global.value);
    }
  }
  return types;
}

void BodyGenerator::Zero(ValueType type) {
  if (!type.is_ref()) {
    AppendZero(type.kind(), code_);
  } else if (type.nullable()) {
    code_.RefNull(type.heap());
  } else {
    // No body refers to a type that no function has.
    code_.Op(kRefFunc, plan_.FunctionsOfType(type.heap().index()).front());
  }
}

void BodyGenerator::Zeros(const Types& types) {
  for (const ValueType& type : types) Zero(type);
}

void BodyGenerator::Consume(const Types& types) {
  for (size_t i = types.size(); i-- > 0;) {
    const std::vector<uint32_t> locals = LocalsOfType(types[i]);
    if (locals.empty() || choices_.Below(4) == 0) {
      code_.Op(kDrop);
    } else {
      code_.LocalSet(choices_.Of(locals));
    }
  }
}

}  // namespace slipway::wasm
