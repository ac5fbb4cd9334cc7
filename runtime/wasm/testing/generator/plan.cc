#include "runtime/wasm/testing/generator/plan.h"

#include <algorithm>

#include "runtime/wasm/testing/generator/constants.h"

namespace slipway::wasm {
namespace {

constexpr uint32_t kFunctionTypes = 8;
constexpr uint32_t kTagTypes = 4;
constexpr uint32_t kPassiveSegments = 2;  // of each kind
constexpr uint64_t kMaxExtraPages = 3;
constexpr uint64_t kMaxExtraElements = 8;

class Planner {
 public:
  Planner(Choices& choices, const GeneratorOptions& options)
      : choices_(choices), options_(options) {}

  Plan Make() {
    plan_.legacy_exceptions = choices_.OneIn(4);
    MakeTypes();
    MakeMemories();
    MakeTables();
    MakeGlobals();
    MakeSegments();
    plan_.planned_types = static_cast<uint32_t>(plan_.types.size());
    return std::move(plan_);
  }

 private:
  // Any type of which every module has values; the simplest is i32.
  ValueType AnyType() {
    constexpr ValueType::Kind kNumbers[] = {ValueType::kI32, ValueType::kI64,
                                            ValueType::kF32, ValueType::kF64,
                                            ValueType::kV128};
    if (!choices_.OneIn(6)) return kNumbers[choices_.Below(5)];
    switch (choices_.Below(5)) {
      case 0:
        return ValueType::FuncRef();
      case 1:
        return ValueType::ExternRef();
      case 2:
        if (plan_.legacy_exceptions) return ValueType::ExternRef();
        return ValueType::ExnRef();
      case 3:
        return ValueType::Ref(typed_, true);
      default:
        return ValueType::Ref(typed_, false);
    }
  }

  std::vector<ValueType> AnyTypes(uint32_t count) {
    std::vector<ValueType> types;
    for (uint32_t i = 0; i < count; ++i) types.push_back(AnyType());
    return types;
  }

  // Now and then more than fit into registers.
  uint32_t ParameterCount() {
    return choices_.OneIn(5) ? 6 + choices_.Below(8) : choices_.Below(5);
  }
  uint32_t ResultCount() {
    return choices_.OneIn(6) ? 2 + choices_.Below(4)
                             : 1 - choices_.Below(8) / 7;
  }

  void MakeTypes() {
    plan_.types.push_back({{ValueType::kI32}, {ValueType::ExternRef()}});
    plan_.types.push_back({{ValueType::ExternRef()}, {ValueType::kI32}});
    plan_.functions = {kHostRef, kHostId};
    // The type that typed references have; body 0 is of this type.
    const uint32_t typed = plan_.Intern({{ValueType::kI32}, {ValueType::kI32}});
    typed_ = HeapType::Index(typed);
    std::vector<uint32_t> types = {typed};
    for (uint32_t i = 0; i < kFunctionTypes; ++i) {
      FuncType type;
      type.params = AnyTypes(ParameterCount());
      type.results = AnyTypes(ResultCount());
      types.push_back(plan_.Intern(type));
    }
    for (uint32_t i = 0; i < options_.bodies; ++i) {
      plan_.functions.push_back(i == 0 ? typed : choices_.Of(types));
    }
    for (uint32_t i = 0; i < kTagTypes; ++i) {
      plan_.tags.push_back(plan_.Intern({AnyTypes(choices_.Below(4)), {}}));
    }
  }

  void MakeMemories() {
    const uint32_t count = 1 + choices_.Below(3);
    for (uint32_t i = 0; i < count; ++i) {
      Limits limits;
      limits.min = 1 + choices_.Below(2);
      limits.max = limits.min + choices_.Below(kMaxExtraPages + 1);
      limits.is64 = choices_.Below(2) == 1;
      limits.shared = choices_.Below(2) == 1;
      plan_.memories.push_back(limits);
    }
    if (options_.marks) {
      plan_.mark_memory = count;
      plan_.memories.push_back({.min = 1, .max = 1});
    }
  }

  std::vector<uint32_t> SomeBodies(uint32_t count) {
    std::vector<uint32_t> functions;
    for (uint32_t i = 0; i < count; ++i) {
      functions.push_back(kHostFunctionCount + choices_.Below(options_.bodies));
    }
    return functions;
  }

  void AddTable(ValueType element, std::vector<uint32_t> functions) {
    Limits limits;
    limits.min = kTableElements;
    limits.max = limits.min + choices_.Below(kMaxExtraElements + 1);
    limits.is64 = choices_.Below(2) == 1;
    plan_.tables.push_back({{element, limits}, std::move(functions)});
  }

  void MakeTables() {
    const ValueType typed = ValueType::Ref(typed_, true);
    AddTable(ValueType::FuncRef(), SomeBodies(kTableElements));
    AddTable(ValueType::FuncRef(), SomeBodies(kTableElements / 2));
    AddTable(typed, plan_.FunctionsOfType(typed_.index()));
    AddTable(ValueType::ExternRef(), {});
    if (!plan_.legacy_exceptions) AddTable(ValueType::ExnRef(), {});
    // Every element is the first body: such a table needs an initialiser.
    if (choices_.OneIn(2)) AddTable(ValueType::Ref(typed_, false), {});
  }

  void AddGlobal(ValueType type, bool is_mutable, Code initial) {
    plan_.globals.push_back({type, is_mutable});
    plan_.initial.push_back(std::move(initial));
  }

  // Arithmetic on a constant and an earlier constant global.
  Code ExtendedConstant(ValueType::Kind kind, uint32_t global) {
    using enum Opcode;
    const std::vector<Opcode> operators =
        kind == ValueType::kI32 ? std::vector{kI32Add, kI32Sub, kI32Mul}
                                : std::vector{kI64Add, kI64Sub, kI64Mul};
    Code code;
    code.Op(kGlobalGet, global);
    AppendConstant(choices_, kind, code);
    return code.Op(choices_.Of(operators));
  }

  void MakeGlobals() {
    AddGlobal(ValueType::kI32, true, Code().I32(kFuel));
    for (const ValueType::Kind kind :
         {ValueType::kI32, ValueType::kI64, ValueType::kF32, ValueType::kF64,
          ValueType::kV128}) {
      for (const bool is_mutable : {false, true}) {
        Code code;
        AppendConstant(choices_, kind, code);
        AddGlobal(kind, is_mutable, std::move(code));
      }
      if (kind > ValueType::kI64) continue;
      const auto constant = static_cast<uint32_t>(plan_.globals.size() - 2);
      AddGlobal(kind, true, ExtendedConstant(kind, constant));
    }
    Code typed;
    typed.Op(Opcode::kRefFunc, kHostFunctionCount);
    AddGlobal(ValueType::FuncRef(), true, Code().RefNull(HeapType::kFunc));
    AddGlobal(ValueType::ExternRef(), true, Code().RefNull(HeapType::kExtern));
    if (!plan_.legacy_exceptions) {
      AddGlobal(ValueType::ExnRef(), true, Code().RefNull(HeapType::kExn));
    }
    AddGlobal(ValueType::Ref(typed_, true), true, typed);
    AddGlobal(ValueType::Ref(typed_, false), true, typed);
  }

  void MakeSegments() {
    for (uint32_t i = 0; i < kPassiveSegments; ++i) {
      std::string bytes;
      const uint32_t size = 2 * kSegmentPart + choices_.Below(64);
      for (uint32_t j = 0; j < size; ++j) {
        bytes += static_cast<char>(choices_.Number(1));
      }
      plan_.data.push_back(std::move(bytes));
      plan_.elements.push_back(
          {ValueType::FuncRef(),
           SomeBodies(2 * kElementsPart + choices_.Below(6))});
    }
    plan_.elements.push_back(
        {ValueType::Ref(typed_, false), plan_.FunctionsOfType(typed_.index())});
  }

  Choices& choices_;
  const GeneratorOptions& options_;
  Plan plan_;
  HeapType typed_ = HeapType::kFunc;
};

std::vector<Code> References(const std::vector<uint32_t>& functions) {
  std::vector<Code> elements;
  for (uint32_t function : functions) {
    elements.push_back(Code().Op(Opcode::kRefFunc, function));
  }
  return elements;
}

void BuildTable(const TableType& type, ModuleBuilder& builder) {
  if (type.element.nullable()) {
    builder.Table(type);
  } else {
    builder.Table(type, Code().Op(Opcode::kRefFunc, kHostFunctionCount));
  }
}

Code Zero(const Limits& limits) {
  return limits.is64 ? Code().I64(0) : Code().I32(0);
}

// Bytes that are different everywhere, so that misplaced accesses show.
std::string DataPattern(uint32_t memory) {
  std::string bytes;
  for (uint32_t i = 0; i < kDataSize; ++i) {
    bytes += static_cast<char>(i * 167 + memory * 59 + (i >> 4) + 1);
  }
  return bytes;
}

}  // namespace

uint32_t Plan::Intern(const FuncType& type) {
  const auto found = std::find(types.begin(), types.end(), type);
  if (found != types.end()) return static_cast<uint32_t>(found - types.begin());
  types.push_back(type);
  return static_cast<uint32_t>(types.size() - 1);
}

std::vector<uint32_t> Plan::FunctionsOfType(uint32_t type) const {
  std::vector<uint32_t> found;
  for (uint32_t i = kHostFunctionCount; i < functions.size(); ++i) {
    if (functions[i] == type) found.push_back(i);
  }
  return found;
}

bool IsSubtype(const Plan& plan, ValueType type, ValueType of) {
  if (type == of) return true;
  if (!type.is_ref() || !of.is_ref()) return false;
  if (type.nullable() && !of.nullable()) return false;
  if (type.heap() == of.heap()) return true;
  return type.heap().is_index() && of.heap() == HeapType::kFunc;
}

Plan MakePlan(Choices& choices, const GeneratorOptions& options) {
  return Planner(choices, options).Make();
}

void BuildTypes(const Plan& plan, ModuleBuilder& builder) {
  for (const FuncType& type : plan.types) {
    builder.Type(type.params, type.results);
  }
  builder.ImportFunction("host", "ref", kHostRef);
  builder.ImportFunction("host", "id", kHostId);
}

void BuildDefinitions(const Plan& plan, ModuleBuilder& builder) {
  for (uint32_t i = 0; i < plan.memories.size(); ++i) {
    const uint32_t memory = builder.Memory(plan.memories[i]);
    builder.Export("m" + std::to_string(i), ExternKind::kMemory, memory);
  }
  for (uint32_t i = 0; i < plan.memory_count(); ++i) {
    builder.Data(i, Zero(plan.memories[i]), DataPattern(i));
  }
  for (const std::string& bytes : plan.data) builder.PassiveData(bytes);
  for (uint32_t tag : plan.tags) builder.Tag(tag);
  for (uint32_t i = 0; i < plan.globals.size(); ++i) {
    builder.Global(plan.globals[i], plan.initial[i]);
  }
  for (const PlannedTable& table : plan.tables) BuildTable(table.type, builder);
  for (uint32_t i = 0; i < plan.tables.size(); ++i) {
    const TableType& type = plan.tables[i].type;
    std::vector<uint32_t> functions = plan.tables[i].functions;
    functions.resize(std::min<size_t>(functions.size(), kTableElements));
    builder.Elements(i, Zero(type.limits), type.element, References(functions));
  }
  std::vector<uint32_t> all;
  for (uint32_t i = 0; i < plan.functions.size(); ++i) all.push_back(i);
  builder.DeclareElements(all);
  for (const PlannedElements& elements : plan.elements) {
    builder.PassiveElements(elements.type, References(elements.functions));
  }
}

}  // namespace slipway::wasm
