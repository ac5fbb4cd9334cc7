// Throwing and catching.

#include "runtime/wasm/testing/generator/body.h"

namespace slipway::wasm {

void BodyGenerator::Throw() {
  if (choices_.OneIn(4)) {
    Expression(ValueType::ExnRef());
    Mark();
    code_.Op(kThrowRef);
    return;
  }
  const auto tag = choices_.Below(static_cast<uint32_t>(plan_.tags.size()));
  Expressions(plan_.types[plan_.tags[tag]].params);
  Mark();
  code_.Op(kThrow, tag);
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
