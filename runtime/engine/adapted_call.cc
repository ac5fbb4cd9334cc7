#include "runtime/engine/adapted_call.h"

#include <algorithm>
#include <cstring>

namespace slipway::engine {
namespace {

using object::Value;
using wasm::FuncType;
using wasm::ValueType;

bool CanAdapt(const FuncType& type) {
  const auto is_reference = [](ValueType each) { return each.is_ref(); };
  return type.results.size() <= 1 && type.params.size() <= kMaxAdapted &&
         std::none_of(type.params.begin(), type.params.end(), is_reference) &&
         std::none_of(type.results.begin(), type.results.end(), is_reference);
}

// Which registers hold it.
bool IsInteger(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kI64;
}

size_t SizeOf(ValueType type) {
  if (type == ValueType::kI32 || type == ValueType::kF32) return 4;
  return type == ValueType::kV128 ? 16 : 8;
}

// The bytes that a register of type `from` has for a reader of type `to`.
Value Convert(const Value& value, ValueType from, ValueType to) {
  Value converted = {};
  std::memcpy(&converted, &value, std::min(SizeOf(from), SizeOf(to)));
  return converted;
}

}  // namespace

bool CanAdapt(const FuncType& caller, const FuncType& callee) {
  return CanAdapt(caller) && CanAdapt(callee);
}

void AdaptParameters(const FuncType& caller, std::span<const Value> arguments,
                     const FuncType& callee, std::span<Value> parameters) {
  size_t next[2] = {};  // argument to look at, of floats and of integers
  for (size_t i = 0; i < callee.params.size(); ++i) {
    const bool integer = IsInteger(callee.params[i]);
    size_t& at = next[integer];
    while (at < caller.params.size() &&
           IsInteger(caller.params[at]) != integer) {
      ++at;
    }
    parameters[i] =
        at < caller.params.size()
            ? Convert(arguments[at], caller.params[at], callee.params[i])
            : Value{};
    ++at;
  }
}

Value AdaptResult(const FuncType& caller, const FuncType& callee,
                  const Value& result) {
  if (caller.results.empty() || callee.results.empty()) return {};
  const ValueType from = callee.results[0];
  const ValueType to = caller.results[0];
  if (IsInteger(from) != IsInteger(to)) return {};
  return Convert(result, from, to);
}

}  // namespace slipway::engine
