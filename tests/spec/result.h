// What became of a script.

#ifndef SLIPWAY_TESTS_SPEC_RESULT_H_
#define SLIPWAY_TESTS_SPEC_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::spec {

struct Failure {
  int line = 0;
  std::string command;  // its type; "script" when it concerns no command
  std::string message;
  // From the expectations: why it is known to fail; empty when it is not.
  std::string known_reason = "";
};

struct ScriptResult {
  std::string name;
  uint64_t passed = 0;   // assertions
  uint64_t skipped = 0;  // assertions
  uint64_t not_run = 0;  // assertions after the end of a script that died
  std::vector<Failure> failures;
  double seconds = 0;

  // Failures that are not known ones, and what was not run.
  uint64_t failed() const {
    uint64_t count = not_run;
    for (const Failure& failure : failures) {
      if (failure.known_reason.empty()) ++count;
    }
    return count;
  }
  uint64_t known_failures() const {
    return failures.size() + not_run - failed();
  }
};

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_RESULT_H_
