// The code shapes whose generated code is kept under review: a name, what to
// look at, and a module with one function. Add one here, then
//
//   bazel run //runtime/compiler/golden -- --bless

#ifndef SLIPWAY_RUNTIME_COMPILER_GOLDEN_SHAPES_H_
#define SLIPWAY_RUNTIME_COMPILER_GOLDEN_SHAPES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::compiler {

struct Shape {
  std::string name;     // of the file, golden/<name>.txt
  std::string purpose;  // one line: what must not get worse
  std::string module;   // binary
  uint32_t function;    // the one that is listed
};

std::vector<Shape> AllShapes();

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_GOLDEN_SHAPES_H_
