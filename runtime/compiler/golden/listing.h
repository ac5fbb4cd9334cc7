// What a golden file holds: the generated code of a shape without what changes
// for no reason of ours (numbers of metadata and attributes, directives).

#ifndef SLIPWAY_RUNTIME_COMPILER_GOLDEN_LISTING_H_
#define SLIPWAY_RUNTIME_COMPILER_GOLDEN_LISTING_H_

#include <string>

#include "runtime/compiler/golden/shapes.h"

namespace slipway::compiler {

// The CPU that golden files are generated for.
inline constexpr char kGoldenCpu[] = "x86-64-v3";

// Ends the process with a message when the shape does not compile.
std::string List(const Shape& shape);

// For tests: the two halves.
std::string NormalizeIr(const std::string& ir);
std::string NormalizeAssembly(const std::string& assembly);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_GOLDEN_LISTING_H_
