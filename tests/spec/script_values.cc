#include "tests/spec/script_values.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace slipway::spec {
namespace {

using nlohmann::json;
using wasm::ValueType;
using Kind = ScriptValue::Kind;

absl::Status Unknown(const char* what, const json& where) {
  return absl::UnimplementedError(
      absl::StrCat("unknown ", what, " in ", where.dump()));
}

struct NumberShape {
  const char* name;
  ValueType type;
  int bits;
  bool is_float;
};
constexpr NumberShape kShapes[] = {
    {"i8", ValueType::kBottom, 8, false},
    {"i16", ValueType::kBottom, 16, false},
    {"i32", ValueType::kI32, 32, false},
    {"i64", ValueType::kI64, 64, false},
    {"f32", ValueType::kF32, 32, true},
    {"f64", ValueType::kF64, 64, true},
};

const NumberShape* FindShape(const std::string& name) {
  for (const NumberShape& shape : kShapes) {
    if (name == shape.name) return &shape;
  }
  return nullptr;
}

// Null constants of types that have no other constants, and `any null`.
std::optional<ValueType> NullType(const std::string& name) {
  if (name == "refnull") return ValueType(ValueType::kBottom);
  if (name == "nullfuncref") return ValueType::FuncRef();
  if (name == "nullexternref") return ValueType::ExternRef();
  if (name == "nullexnref") return ValueType::ExnRef();
  return std::nullopt;
}

std::optional<ValueType> ReferenceType(const std::string& name) {
  if (name == "funcref") return ValueType::FuncRef();
  if (name == "externref") return ValueType::ExternRef();
  if (name == "exnref") return ValueType::ExnRef();
  return std::nullopt;
}

absl::StatusOr<Lane> ParseLane(const json& value, const NumberShape& shape) {
  if (!value.is_string()) return Unknown("number", value);
  const auto& text = value.get_ref<const std::string&>();
  if (shape.is_float && text == "nan:canonical") {
    return Lane{.kind = Lane::Kind::kCanonicalNan};
  }
  if (shape.is_float && text == "nan:arithmetic") {
    return Lane{.kind = Lane::Kind::kArithmeticNan};
  }
  // Integers are written signed or unsigned, floats as their bits.
  uint64_t bits = 0;
  int64_t negative = 0;
  if (!absl::SimpleAtoi(text, &bits)) {
    if (!absl::SimpleAtoi(text, &negative)) return Unknown("number", value);
    bits = static_cast<uint64_t>(negative);
  }
  if (shape.bits < 64) bits &= (uint64_t{1} << shape.bits) - 1;
  return Lane{.bits = bits};
}

absl::StatusOr<ScriptValue> ParseNumber(const json& source,
                                        const NumberShape& shape) {
  if (!source.contains("value")) return Unknown("constant", source);
  const auto lane = ParseLane(source["value"], shape);
  if (!lane.ok()) return lane.status();
  ScriptValue value;
  value.type = shape.type;
  value.lane_bits = shape.bits;
  value.float_lanes = shape.is_float;
  value.lanes.push_back(*lane);
  return value;
}

absl::StatusOr<ScriptValue> ParseVector(const json& source) {
  const NumberShape* shape = FindShape(StringAt(source, "lane_type"));
  const auto lanes = source.find("value");
  if (shape == nullptr || lanes == source.end() || !lanes->is_array() ||
      lanes->size() * static_cast<size_t>(shape->bits) != 128) {
    return Unknown("vector", source);
  }
  ScriptValue value;
  value.type = ValueType::kV128;
  value.lane_bits = shape->bits;
  value.float_lanes = shape->is_float;
  for (const json& element : *lanes) {
    const auto lane = ParseLane(element, *shape);
    if (!lane.ok()) return lane.status();
    value.lanes.push_back(*lane);
  }
  return value;
}

absl::StatusOr<ScriptValue> ParseReference(const json& source, ValueType type) {
  ScriptValue value;
  value.type = type;
  value.kind = Kind::kNonNull;
  const std::string text = StringAt(source, "value");
  if (text == "null") {
    value.kind = Kind::kNull;
  } else if (!text.empty()) {
    if (!absl::SimpleAtoi(text, &value.number)) {
      return Unknown("reference", source);
    }
    // The number of a function or exception means nothing.
    if (type == ValueType::ExternRef()) value.kind = Kind::kHostReference;
  }
  return value;
}

absl::StatusOr<ScriptValue> ParseEither(const json& source) {
  auto values = ParseValues(source, "values");
  if (!values.ok()) return values.status();
  ScriptValue value;
  value.kind = Kind::kEither;
  value.alternatives = *std::move(values);
  return value;
}

}  // namespace

std::string StringAt(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

absl::StatusOr<ScriptValue> ParseValue(const json& source) {
  if (!source.is_object()) return Unknown("constant", source);
  const std::string type = StringAt(source, "type");
  const NumberShape* shape = FindShape(type);
  if (shape != nullptr && shape->type != ValueType::kBottom) {
    return ParseNumber(source, *shape);
  }
  if (type == "v128") return ParseVector(source);
  if (type == "either") return ParseEither(source);
  if (const auto reference = ReferenceType(type)) {
    return ParseReference(source, *reference);
  }
  if (const auto null = NullType(type)) {
    ScriptValue value;
    value.kind = Kind::kNull;
    value.type = *null;
    return value;
  }
  return Unknown("type", source);
}

absl::StatusOr<std::vector<ScriptValue>> ParseValues(const json& object,
                                                     const char* key) {
  std::vector<ScriptValue> values;
  const auto at = object.find(key);
  if (at == object.end()) return values;
  if (!at->is_array()) return Unknown("list", *at);
  for (const json& source : *at) {
    auto value = ParseValue(source);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace slipway::spec
