// Results as text, a line per script, and as JSON.

#ifndef SLIPWAY_TESTS_SPEC_REPORT_H_
#define SLIPWAY_TESTS_SPEC_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/spec/result.h"

namespace slipway::spec {

struct Totals {
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t skipped = 0;
  uint64_t known_failures = 0;
};
Totals Add(const std::vector<ScriptResult>& results);

// "ok      address: 260 passed, 3 skipped, 0.4 s", or FAILED and a line for
// each failure, known ones too.
std::string ScriptLines(const ScriptResult& result);
// Known failures, if any, then "N passed, N failed, N skipped".
std::string Summary(const std::vector<ScriptResult>& results);
// {"passed", "failed", "skipped", "known_failures", "scripts": [{"name",
// "passed", "failed", "skipped", "seconds", "failures": [{"line", "command",
// "message", "known_reason"}]}]}
std::string ToJson(const std::vector<ScriptResult>& results);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_REPORT_H_
