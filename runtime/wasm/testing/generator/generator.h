// Random modules that are valid, end, and give the same results on every
// correct engine: for comparing engines, and for fuzzing what runs after
// validation. Everything is decided by strings of bytes (choices.h), so a
// module can be had again, and made smaller.
//
//   GeneratedModule module = GenerateModule(/*seed=*/1, {});
//   … call module.entries on two engines, compare results, memories …
//   module = GenerateModule(module.decisions, {});   // the same again
//
// What a module holds: a function per body, of random types over all value
// types; memories and tables of 32 and 64 bits, shared and not; globals, tags,
// segments; and per body an entry that the embedder can call, because its
// parameters and results are integers only. The operators come from opcode.def
// by their operand types; only those with rules of their own (control, calls,
// references, exceptions) have code of their own here.
//
// Results do not depend on the engine:
//   - fuel, a global that entries refill, is used up by calls and loops;
//     without it a function returns at once, so everything ends;
//   - the bits of a NaN that an operation made are replaced by the canonical
//     ones before anything can see them;
//   - memories and tables have maxima that every engine can reach;
//   - waiting is for a moment only; relaxed vector operators get operands for
//     which all their variants agree.
//
// The host provides two functions, module "host": "ref" (i32) -> externref,
// null for negative numbers, and its inverse "id" (externref) -> i32, -1 for
// null.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_GENERATOR_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_GENERATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wasm/testing/generator/choices.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

struct GeneratorOptions {
  // Bodies with decisions of their own.
  uint32_t bodies = 12;
  // Operators per body, about.
  uint32_t body_size = 100;
  // Adds a memory, the last, in which every straight piece of code stores a 1
  // at an offset of its own when it has been executed (coverage.h reads it).
  bool marks = false;
};

// One string for what is outside functions, and one for each body.
struct Decisions {
  std::string plan;
  std::vector<std::string> bodies;
};

// Any bytes, as a fuzzer has them.
Decisions DecisionsFromBytes(std::string_view bytes, uint32_t bodies);

struct GeneratedModule {
  // An exported function; integers in, integers out.
  struct Entry {
    std::string name;
    std::vector<ValueType> params;
    std::vector<ValueType> results;
  };

  std::string bytes;
  // "f0", "f1", …, one for each body; last "state", without parameters, which
  // returns what is left in globals and tables.
  std::vector<Entry> entries;
  // Exported as "m0", "m1", …; with marks, the last holds them.
  uint32_t memories = 0;
  Decisions decisions;
  std::vector<std::vector<Choices::Span>> spans;  // of each body
};

GeneratedModule GenerateModule(uint64_t seed, const GeneratorOptions& options);
GeneratedModule GenerateModule(const Decisions& decisions,
                               const GeneratorOptions& options);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_GENERATOR_H_
