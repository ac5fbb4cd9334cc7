// Calls of all kinds.

#include "runtime/wasm/testing/generator/body.h"

namespace slipway::wasm {

// Some body with these results, or any; nothing if there is none. The table
// and the element are where it was when the module started.
std::optional<BodyGenerator::Callee> BodyGenerator::ChooseCallee(
    const std::optional<Types>& results) {
  std::vector<Callee> candidates;
  for (uint32_t i = kHostFunctionCount; i < plan_.functions.size(); ++i) {
    const uint32_t type = plan_.functions[i];
    if (results && plan_.types[type].results != *results) continue;
    candidates.push_back({.function = i, .type = type});
    candidates.push_back({.function = i, .type = type, .reference = true});
  }
  for (uint32_t t = 0; t < plan_.tables.size(); ++t) {
    const std::vector<uint32_t>& functions = plan_.tables[t].functions;
    for (uint32_t i = 0; i < functions.size() && i < kTableElements; ++i) {
      const uint32_t type = plan_.functions[functions[i]];
      if (results && plan_.types[type].results != *results) continue;
      candidates.push_back(
          {.function = functions[i], .type = type, .table = t, .element = i});
    }
  }
  if (candidates.empty()) return std::nullopt;
  return choices_.Of(candidates);
}

// Arguments, then the index or reference.
void BodyGenerator::CallOperands(const Callee& callee) {
  Expressions(plan_.types[callee.type].params);
  if (callee.reference) {
    Reference(ValueType::Ref(HeapType::Index(callee.type), choices_.OneIn(30)));
    return;
  }
  if (!callee.table) return;
  const bool is64 = plan_.tables[*callee.table].type.limits.is64;
  if (choices_.OneIn(40)) {
    Bounded(is64, kTableElements, kTableElements);
  } else {
    is64 ? code_.I64(callee.element) : code_.I32(callee.element);
  }
}

// Leaves the results on the stack if they were asked for. False: nothing was
// found to call.
bool BodyGenerator::Call(const std::optional<Types>& results) {
  const std::optional<Callee> callee = ChooseCallee(results);
  if (!callee) return false;
  CallOperands(*callee);
  if (callee->reference) {
    code_.Op(kCallRef, callee->type);
  } else if (callee->table) {
    code_.Op(kCallIndirect, callee->type, *callee->table);
  } else {
    code_.Op(kCall, callee->function);
  }
  if (!results) Consume(plan_.types[callee->type].results);
  return true;
}

void BodyGenerator::TailCall() {
  const std::optional<Callee> callee = ChooseCallee(type_.results);
  CallOperands(*callee);  // there is one: this function
  Mark();
  if (callee->reference) {
    code_.Op(kReturnCallRef, callee->type);
  } else if (callee->table) {
    code_.Op(kReturnCallIndirect, callee->type, *callee->table);
  } else {
    code_.Op(kReturnCall, callee->function);
  }
}

}  // namespace slipway::wasm
