// Cases from seeds, and their minimising.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_GENERATED_CASE_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_GENERATED_CASE_H_

#include <cstdint>
#include <functional>

#include "runtime/wasm/testing/generator/generator.h"
#include "tests/differential/case.h"

namespace slipway::differential {

struct GeneratedCase {
  wasm::GeneratorOptions options;
  wasm::GeneratedModule module;
  Lines calls;

  Case ToCase() const;
};

// Each body is called with a few sets of arguments; last the state is read.
GeneratedCase GenerateCase(uint64_t seed,
                           const wasm::GeneratorOptions& options);

// A smaller case for which `differs` is still true: fewer calls, emptied
// bodies, simpler code. Tries until nothing can be taken away, or until `stop`
// returns true.
GeneratedCase Minimize(GeneratedCase test,
                       const std::function<bool(const Case&)>& differs,
                       const std::function<bool()>& stop);

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_GENERATED_CASE_H_
