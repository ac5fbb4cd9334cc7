// The specification's words for traps, and ours.

#ifndef SLIPWAY_TESTS_SPEC_TRAP_TEXT_H_
#define SLIPWAY_TESTS_SPEC_TRAP_TEXT_H_

#include <string_view>

#include "runtime/object/object_format.h"

namespace slipway::spec {

// Whether `text`, as an assertion has it, means this trap. A text that the
// scripts do not use means none.
bool IsTrap(std::string_view text, object::TrapCode code);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_TRAP_TEXT_H_
