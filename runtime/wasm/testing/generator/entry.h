// The functions that the embedder calls: integers in, integers out.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_ENTRY_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_ENTRY_H_

#include <cstdint>
#include <vector>

#include "runtime/wasm/testing/code.h"
#include "runtime/wasm/testing/generator/generator.h"
#include "runtime/wasm/testing/generator/plan.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

struct EntryCode {
  GeneratedModule::Entry entry;
  uint32_t type = 0;
  std::vector<ValueType> locals;
  Code code;
};

// Refills the fuel and calls a body. Floating-point numbers travel as their
// bits (NaNs as the canonical ones), vectors as two i64; references come from
// an i32 that chooses one, and are returned as whether they are null (external
// ones as their number).
EntryCode MakeEntry(Plan& plan, uint32_t body);

// Returns every global, and for each table its size and a hash of which
// elements are null.
EntryCode MakeStateEntry(Plan& plan);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_ENTRY_H_
