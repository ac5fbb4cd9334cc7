// Throwing and catching.

#include "runtime/wasm/testing/generator/body.h"

namespace slipway::wasm {

void BodyGenerator::Throw() {
  if (plan_.legacy_exceptions) {
    if (!catches_.empty() && choices_.OneIn(3)) {
      Mark();
      code_.Op(kRethrow, DepthOf(choices_.Of(catches_)));
      return;
    }
  } else if (!exhausted() && choices_.OneIn(4)) {
    if (choices_.OneIn(8)) {
      Expression(ValueType::ExnRef());
    } else {
      CaughtException();
    }
    Mark();
    code_.Op(kThrowRef);
    return;
  }
  const auto tag = choices_.Below(static_cast<uint32_t>(plan_.tags.size()));
  Expressions(plan_.types[plan_.tags[tag]].params);
  Mark();
  code_.Op(kThrow, tag);
}

// What a try is for.
void BodyGenerator::MaybeThrow() {
  if (exhausted() || choices_.Below(3) == 0) return;
  Expression(ValueType::kI32);
  EnterBlock(kIf, {}, {});
  Throw();
  LeaveBlock();
}

CatchClause BodyGenerator::ChooseClause() {
  CatchClause clause;
  clause.kind = static_cast<CatchClause::Kind>(choices_.Below(4));
  clause.tag = choices_.Below(static_cast<uint32_t>(plan_.tags.size()));
  return clause;
}

// The operands with which a clause branches.
BodyGenerator::Types BodyGenerator::ClauseTypes(
    const CatchClause& clause) const {
  Types types;
  if (clause.has_tag()) types = plan_.types[plan_.tags[clause.tag]].params;
  if (clause.has_ref()) types.push_back(ValueType::ExnRef());
  return types;
}

// block            ;; out
//   block          ;; handler 1
//     block        ;; handler 0
//       try_table (catch … 0) (catch … 1) … end
//       br out
//     end, values of clause 0, br out
//   end, values of clause 1, br out
// end
void BodyGenerator::Try() {
  if (plan_.legacy_exceptions) return LegacyTry();
  EnterBlock(kBlock, {}, {});
  std::vector<CatchClause> clauses;
  const uint32_t count = choices_.Below(4);
  for (uint32_t i = 0; i < count; ++i) clauses.push_back(ChooseClause());
  for (uint32_t i = count; i-- > 0;) {
    clauses[i].label = i;
    EnterBlock(kBlock, {}, ClauseTypes(clauses[i]));
  }
  code_.TryTable(clauses);
  labels_.push_back({});
  Mark();
  MaybeThrow();
  if (Statements()) {
    Mark();
    code_.Op(kBr, count + 1);
  }
  LeaveBlock();
  if (count > 0) code_.Op(kBr, count);
  for (uint32_t i = 0; i < count; ++i) {
    LeaveBlock();
    Consume(ClauseTypes(clauses[i]));
    Mark();
    if (Statements()) code_.Op(kBr, count - 1 - i);
  }
  LeaveBlock();
}

void BodyGenerator::TryWithResult(ValueType type) {
  EnterBlock(kBlock, {}, {type});
  if (plan_.legacy_exceptions) {
    EnterBlock(kTry, {}, {type});
    Mark();
    if (Statements()) Expression(type);
    Mark();
    code_.Op(kCatchAll);
  } else {
    EnterBlock(kBlock, {}, {});
    code_.TryTable(
        {{.kind = CatchClause::Kind::kCatchAll, .tag = 0, .label = 0}});
    labels_.push_back({});
    Mark();
    if (Statements()) {
      Expression(type);
      Mark();
      code_.Op(kBr, 2);
    }
    LeaveBlock();
    LeaveBlock();
  }
  Mark();
  if (Statements()) Expression(type);
  Mark();
  if (plan_.legacy_exceptions) LeaveBlock();
  LeaveBlock();
}

void BodyGenerator::LegacyTry() {
  EnterBlock(kTry, {}, {});
  Mark();
  MaybeThrow();
  Statements();
  Mark();
  if (choices_.Below(4) != 1) return CatchesOfLegacyTry();
  // The label of a delegate is counted outside its try.
  labels_.pop_back();
  code_.Op(kDelegate, choices_.Below(static_cast<uint32_t>(labels_.size())));
}

void BodyGenerator::CatchesOfLegacyTry() {
  catches_.push_back(labels_.size() - 1);
  const uint32_t count = choices_.Below(3);
  for (uint32_t i = 0; i < count; ++i) {
    const auto tag = choices_.Below(static_cast<uint32_t>(plan_.tags.size()));
    code_.Op(kCatch, tag);
    Consume(plan_.types[plan_.tags[tag]].params);
    Mark();
    MaybeThrow();
    Statements();
    Mark();
  }
  if (choices_.OneIn(2)) {
    code_.Op(kCatchAll);
    Mark();
    Statements();
    Mark();
  }
  catches_.pop_back();
  LeaveBlock();
}

// An exnref, from a try_table that throws.
void BodyGenerator::CaughtException() {
  EnterBlock(kBlock, {}, {ValueType::ExnRef()});
  code_.TryTable(
      {{.kind = CatchClause::Kind::kCatchAllRef, .tag = 0, .label = 0}});
  labels_.push_back({});
  Mark();
  if (Statements()) Throw();
  LeaveBlock();
  Zero(ValueType::ExnRef());
  Mark();
  LeaveBlock();
}

}  // namespace slipway::wasm
