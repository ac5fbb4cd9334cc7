// Calls exported functions and reads exported globals for a script.

#ifndef SLIPWAY_TESTS_SPEC_INVOCATION_H_
#define SLIPWAY_TESTS_SPEC_INVOCATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/thread.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"
#include "tests/spec/script.h"

namespace slipway::spec {

struct ActionResult {
  engine::Outcome outcome;
  // When it returned: the results, and their types.
  std::vector<wasm::ValueType> types;
  std::vector<object::Value> values;
};

// Errors: no such export, or arguments that do not fit.
absl::StatusOr<ActionResult> Perform(engine::Thread& thread,
                                     const engine::Instance& instance,
                                     const Action& action);

// Whether the results are as expected; else says how they differ.
absl::Status CheckResults(const ActionResult& result,
                          const std::vector<ScriptValue>& expected);

// "returned i32:7", "trapped: unreachable", "threw an exception".
std::string Describe(const ActionResult& result);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_INVOCATION_H_
