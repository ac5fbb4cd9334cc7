// Known failures: rows of a CSV file, each with a reason. A known failure does
// not fail a run; a row whose failure does not happen (any more) does, so that
// the list shrinks.
//
//   script,line,reason,since
//   threads_imports,310,"two memories are valid since 3.0",2026-11-20

#ifndef SLIPWAY_TESTS_SPEC_EXPECTATIONS_H_
#define SLIPWAY_TESTS_SPEC_EXPECTATIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/spec/result.h"

namespace slipway::spec {

struct ExpectedFailure {
  std::string script;
  int line = 0;  // of the command, in the script's source
  std::string reason;
  std::string since;  // a date
};

// Errors name the line of the file.
absl::StatusOr<std::vector<ExpectedFailure>> ParseExpectations(
    std::string_view csv);
absl::StatusOr<std::vector<ExpectedFailure>> ReadExpectations(
    const std::string& path);

// Marks the failures that are known, and adds one for each row that matches no
// failure of its script. Rows about scripts that did not run are ignored:
// suites differ.
void ApplyExpectations(const std::vector<ExpectedFailure>& expectations,
                       std::vector<ScriptResult>& results);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_EXPECTATIONS_H_
