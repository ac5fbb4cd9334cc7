// Values as scripts write them: arguments, and patterns that a result must
// match. Source: wabt's docs/wast2json.md and what wasm-tools json-from-wast
// writes; the meaning of patterns is the reference interpreter's
// (interpreter/README.md, "Scripts").

#ifndef SLIPWAY_TESTS_SPEC_VALUE_H_
#define SLIPWAY_TESTS_SPEC_VALUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"

namespace slipway::spec {

// One number, or one lane of a vector.
struct Lane {
  enum class Kind : uint8_t { kBits, kCanonicalNan, kArithmeticNan };
  Kind kind = Kind::kBits;
  uint64_t bits = 0;  // zero-extended
};

struct ScriptValue {
  enum class Kind : uint8_t {
    kNumber,  // `type` is i32 to v128: `lanes` of `lane_bits` bits each
    kNull,
    kHostReference,  // `number` is an externref's
    kNonNull,        // of `type`, whichever
    kEither,         // one of `alternatives`
  };
  Kind kind = Kind::kNumber;
  // For references one of FuncRef, ExternRef and ExnRef; kBottom is a null of
  // any type. Unused by kEither.
  wasm::ValueType type;
  int lane_bits = 0;
  bool float_lanes = false;
  std::vector<Lane> lanes;
  uint64_t number = 0;
  std::vector<ScriptValue> alternatives;
};

// Whether it can be passed as an argument (patterns cannot).
bool IsArgument(const ScriptValue& value);
// Precondition: IsArgument.
object::Value ToArgument(const ScriptValue& value);

// Whether a value of static type `type` is what the pattern describes.
bool Matches(const ScriptValue& pattern, wasm::ValueType type,
             const object::Value& actual);

// For messages: "i32:7", "f32:nan:canonical", "(ref.null func)".
std::string ToString(const ScriptValue& value);
std::string ToString(wasm::ValueType type, const object::Value& value);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_VALUE_H_
