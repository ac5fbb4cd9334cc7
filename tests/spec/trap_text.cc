#include "tests/spec/trap_text.h"

namespace slipway::spec {
namespace {

using object::TrapCode;

struct Row {
  std::string_view prefix;
  TrapCode code;
};

// A script may say more than the prefix ("uninitialized element 2").
constexpr Row kRows[] = {
    {"unreachable", TrapCode::kUnreachable},
    {"out of bounds memory access", TrapCode::kMemoryOutOfBounds},
    {"out of bounds table access", TrapCode::kTableOutOfBounds},
    // What call_indirect says.
    {"undefined element", TrapCode::kTableOutOfBounds},
    {"uninitialized element", TrapCode::kUninitializedElement},
    {"indirect call type mismatch", TrapCode::kIndirectCallTypeMismatch},
    {"null reference", TrapCode::kNullReference},
    {"null function reference", TrapCode::kNullReference},
    {"null exception reference", TrapCode::kNullReference},
    {"integer divide by zero", TrapCode::kIntegerDivideByZero},
    {"integer overflow", TrapCode::kIntegerOverflow},
    {"invalid conversion to integer", TrapCode::kInvalidConversion},
    {"call stack exhausted", TrapCode::kStackExhausted},
    {"unaligned atomic", TrapCode::kUnalignedAtomic},
    {"expected shared memory", TrapCode::kUnsharedWait},
};

}  // namespace

bool IsTrap(std::string_view text, TrapCode code) {
  for (const Row& row : kRows) {
    if (row.code == code && text.starts_with(row.prefix)) return true;
  }
  return false;
}

}  // namespace slipway::spec
