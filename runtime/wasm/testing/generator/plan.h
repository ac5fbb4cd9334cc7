// What a generated module has outside its bodies.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_PLAN_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/wasm/testing/generator/choices.h"
#include "runtime/wasm/testing/generator/generator.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// The imports of every module, by function index.
enum HostFunction : uint32_t { kHostRef, kHostId, kHostFunctionCount };

inline constexpr uint32_t kFuelGlobal = 0;  // i32, mutable
inline constexpr int32_t kFuel = 256;       // at every entry
inline constexpr int32_t kCallFuel = 8;     // of every call; a loop costs 1

// Elements, at least.
inline constexpr uint32_t kTableElements = 8;
// Elements and bytes of passive segments: two of these at least.
inline constexpr uint32_t kElementsPart = 2;
inline constexpr uint32_t kSegmentPart = 16;
// Where functions look for their own data, mostly.
inline constexpr uint32_t kDataSize = 256;

struct PlannedTable {
  TableType type;
  // The functions it starts with, from element 0; empty for a table of other
  // references.
  std::vector<uint32_t> functions;
};

struct PlannedElements {
  ValueType type;
  std::vector<uint32_t> functions;  // of a passive segment
};

struct Plan {
  std::vector<FuncType> types;
  // Bodies choose among the first of them, so that what other bodies have added
  // makes no difference.
  uint32_t planned_types = 0;
  std::vector<uint32_t> functions;  // type of each: host's, then bodies
  std::vector<Limits> memories;
  std::optional<uint32_t> mark_memory;  // not one for bodies to use
  std::vector<PlannedTable> tables;
  std::vector<GlobalType> globals;
  std::vector<Code> initial;              // of each global
  std::vector<uint32_t> tags;             // type of each
  std::vector<std::string> data;          // passive, after one active for each
                                          // memory
  std::vector<PlannedElements> elements;  // passive

  // The module has the exception operators of before exnref, and no exnref:
  // engines refuse modules that mix the two.
  bool legacy_exceptions = false;

  // Memories that bodies use.
  uint32_t memory_count() const {
    return static_cast<uint32_t>(memories.size()) - (mark_memory ? 1 : 0);
  }
  // Active segments come first, one for each memory that bodies use.
  uint32_t data_index(uint32_t passive) const {
    return memory_count() + passive;
  }
  // After those that fill the tables, and the one that declares all functions.
  uint32_t element_index(uint32_t passive) const {
    return static_cast<uint32_t>(tables.size()) + 1 + passive;
  }
  const FuncType& function_type(uint32_t function) const {
    return types[functions[function]];
  }
  // The index of an equal type, added if there is none.
  uint32_t Intern(const FuncType& type);
  // Bodies of this type.
  std::vector<uint32_t> FunctionsOfType(uint32_t type) const;
};

// Whether a value of one type may stand for the other. Knows only the types
// that plans use.
bool IsSubtype(const Plan& plan, ValueType type, ValueType of);

Plan MakePlan(Choices& choices, const GeneratorOptions& options);

// Everything but functions, into the builder; types when all are known.
void BuildTypes(const Plan& plan, ModuleBuilder& builder);
void BuildDefinitions(const Plan& plan, ModuleBuilder& builder);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_PLAN_H_
