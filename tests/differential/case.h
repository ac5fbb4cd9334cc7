// What is run on both engines: a module, the calls to make, and what came of
// it as text, in which form the engines are compared.
//
// A transcript has a line for each call, in order, then one for each memory:
//   f3 5 -7n = 1 2n       an i32 and an i64 went in, and came out
//   f4 0 ! memory         a trap, by class (TrapClass)
//   f5 ! exception        an exception that nothing caught
//   m0 = 131072 8c7dd922  bytes, CRC-32
//   m1 marks 0110         the memory of marks (generator.h), to the last 1
// or one line only, when the module could not be instantiated:
//   ! instantiation: …

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_CASE_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_CASE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::differential {

using Lines = std::vector<std::string>;

struct Case {
  std::string module;
  Lines calls;            // "f3 5 -7n"
  uint32_t memories = 0;  // exported as m0, m1, …
  bool marks = false;     // whether the last one holds marks
};

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_CASE_H_
