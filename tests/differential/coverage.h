// Which operators generated code has executed, from the marks of a module
// (generator.h): a mark in straight code says that all operators before it,
// back to the last place where control could have come from elsewhere, were
// executed, and the jump right after it.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_COVERAGE_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_COVERAGE_H_

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wasm/opcode.h"

namespace slipway::differential {

class Coverage {
 public:
  // `marks` as in a transcript: "0110". The mark memory is the module's last.
  void Add(std::string_view module, std::string_view marks);
  void Add(const Coverage& other) { executed_ |= other.executed_; }

  size_t executed() const { return executed_.count(); }
  // In percent of the operators of opcode.def.
  double percent() const {
    return 100.0 * static_cast<double>(executed()) / wasm::kOpcodeCount;
  }
  std::vector<std::string> Missing() const;

 private:
  std::bitset<wasm::kOpcodeCount> executed_;
};

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_COVERAGE_H_
