// JSON constants to ScriptValues.

#ifndef SLIPWAY_TESTS_SPEC_SCRIPT_VALUES_H_
#define SLIPWAY_TESTS_SPEC_SCRIPT_VALUES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tests/spec/value.h"

namespace slipway::spec {

// The string under `key`, or "" when there is none.
std::string StringAt(const nlohmann::json& object, const char* key);

absl::StatusOr<ScriptValue> ParseValue(const nlohmann::json& json);
// Of a list; a list that is missing is empty.
absl::StatusOr<std::vector<ScriptValue>> ParseValues(
    const nlohmann::json& object, const char* key);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SCRIPT_VALUES_H_
