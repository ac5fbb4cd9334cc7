// Statements: they leave the stack as it was.

#include "runtime/wasm/testing/generator/body.h"

namespace slipway::wasm {

// A few statements, the last of which may jump. False: control does not reach
// what follows, which therefore may be left out.
bool BodyGenerator::Statements() {
  const uint32_t count = exhausted() ? 0 : choices_.Below(4);
  for (uint32_t i = 0; i < count; ++i) {
    if (!Statement()) return false;
  }
  if (exhausted() || !choices_.OneIn(10)) return true;
  // Now and then, what follows a jump is there all the same.
  return Jump() || choices_.OneIn(4);
}

bool BodyGenerator::Statement() {
  const Choices::Scope scope(choices_);
  const Nest nest(depth_);
  --budget_;
  const uint32_t choice = choices_.Below(exhausted() ? 4 : 20);
  switch (choice) {
    case 0:
      return true;
    case 1:
      SetLocal();
      break;
    case 2:
      SetGlobal();
      break;
    case 3: {
      const ValueType type = choices_.Of(locals_);
      Expression(type);
      code_.Op(kDrop);
      break;
    }
    case 4:
      If();
      break;
    case 5:
      Block();
      break;
    case 6:
      Loop();
      break;
    case 7:
      BranchIf();
      break;
    case 8:
      BranchOnNull();
      break;
    case 9:
    case 10:
      Try();
      break;
    case 11:
    case 12:
      Call(std::nullopt);
      break;
    case 13:
    case 14:
      SetLocal();
      break;
    default:
      EffectOperator();
  }
  Mark();
  return true;
}

void BodyGenerator::SetLocal() {
  const auto local = choices_.Below(static_cast<uint32_t>(locals_.size()));
  Expression(locals_[local]);
  code_.LocalSet(local);
}

void BodyGenerator::SetGlobal() {
  std::vector<uint32_t> globals;
  for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
    if (i != kFuelGlobal && plan_.globals[i].is_mutable) globals.push_back(i);
  }
  const uint32_t global = choices_.Of(globals);
  Expression(plan_.globals[global].value);
  code_.Op(kGlobalSet, global);
}

void BodyGenerator::If() {
  Expression(ValueType::kI32);
  EnterBlock(kIf, {}, {});
  Mark();
  Statements();
  Mark();
  if (choices_.OneIn(2)) {
    code_.Op(kElse);
    Mark();
    Statements();
    Mark();
  }
  LeaveBlock();
}

// With the parameters and results of some function type.
void BodyGenerator::Block() {
  const FuncType type = plan_.types[choices_.Below(plan_.planned_types)];
  Expressions(type.params);
  EnterBlock(kBlock, type.params, type.results);
  Mark();
  Consume(type.params);
  if (Statements()) Expressions(type.results);
  Mark();
  LeaveBlock();
  Consume(type.results);
}

void BodyGenerator::Loop() {
  const FuncType type = plan_.types[choices_.Below(plan_.planned_types)];
  const bool simple = choices_.Below(2) == 0;
  const Types params = simple ? Types() : type.params;
  const Types results = simple ? Types() : type.results;
  Expressions(params);
  EnterBlock(kLoop, params, results);
  SpendFuel(1);
  Mark();
  Consume(params);
  bool falls_through = Statements();
  if (falls_through) {
    Expressions(params);
    Expression(ValueType::kI32);
    code_.Op(kBrIf, 0);
    Consume(params);
    Expressions(results);
  }
  Mark();
  LeaveBlock();
  Consume(results);
}

void BodyGenerator::BranchIf() {
  const auto label = choices_.Below(static_cast<uint32_t>(labels_.size()));
  const Types types = labels_[label];
  Expressions(types);
  Expression(ValueType::kI32);
  code_.Op(kBrIf, DepthOf(label));
  Consume(types);
}

void BodyGenerator::BranchOnNull() {
  const auto label = choices_.Below(static_cast<uint32_t>(labels_.size()));
  const Types types = labels_[label];
  Expressions(types);
  Expression(choices_.Of(NullableTypes()));
  code_.Op(kBrOnNull, DepthOf(label)).Op(kDrop);
  Consume(types);
}

// Leaves for good; returns false, unless nothing could be found to do.
bool BodyGenerator::Jump() {
  Mark();
  switch (choices_.Below(7)) {
    case 0:
      Expressions(type_.results);
      Mark();
      code_.Op(kReturn);
      return false;
    case 1: {
      const auto label = choices_.Below(static_cast<uint32_t>(labels_.size()));
      Expressions(labels_[label]);
      Mark();
      code_.Op(kBr, DepthOf(label));
      return false;
    }
    case 2:
    case 3:
      BranchTable();
      return false;
    case 4:
      Throw();
      return false;
    case 5:
      TailCall();
      return false;
    default:
      // A trap ends everything, so it is rare.
      if (!choices_.OneIn(4)) return true;
      code_.Op(kUnreachable);
      return false;
  }
}

void BodyGenerator::BranchTable() {
  const auto label = choices_.Below(static_cast<uint32_t>(labels_.size()));
  const Types types = labels_[label];
  std::vector<uint32_t> same;
  for (size_t i = 0; i < labels_.size(); ++i) {
    if (labels_[i] == types) same.push_back(DepthOf(i));
  }
  std::vector<uint32_t> targets;
  const uint32_t count = choices_.Below(5);
  for (uint32_t i = 0; i < count; ++i) targets.push_back(choices_.Of(same));
  Expressions(types);
  Expression(ValueType::kI32);
  if (choices_.OneIn(2)) code_.I32(3).Op(kI32And);
  Mark();
  code_.BrTable(targets, choices_.Of(same));
}

}  // namespace slipway::wasm
