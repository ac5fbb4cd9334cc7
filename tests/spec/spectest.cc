#include "tests/spec/spectest.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/engine/memory.h"
#include "runtime/engine/table.h"
#include "runtime/engine/value.h"

namespace slipway::spec {
namespace {

using engine::Memory;
using engine::Table;
using wasm::ValueType;

template <typename... Params>
void Print(void*, Params...) {}

class Builder {
 public:
  explicit Builder(engine::Store& store) : store_(store) {}

  absl::StatusOr<ExternMap> Build() {
    AddFunctions();
    AddGlobals();
    AddTable("table", {.min = 10, .max = 20});
    AddTable("table64", {.min = 10, .max = 20, .is64 = true});
    AddMemory("memory", {.min = 1, .max = 2});
    AddMemory("shared_memory", {.min = 1, .max = 2, .shared = true});
    if (!status_.ok()) return status_;
    return std::move(externs_);
  }

 private:
  void AddFunctions() {
    AddFunction("print", {}, Print<>);
    AddFunction("print_i32", {ValueType::kI32}, Print<int32_t>);
    AddFunction("print_i64", {ValueType::kI64}, Print<int64_t>);
    AddFunction("print_f32", {ValueType::kF32}, Print<float>);
    AddFunction("print_f64", {ValueType::kF64}, Print<double>);
    AddFunction("print_i32_f32", {ValueType::kI32, ValueType::kF32},
                Print<int32_t, float>);
    AddFunction("print_f64_f64", {ValueType::kF64, ValueType::kF64},
                Print<double, double>);
  }

  void AddGlobals() {
    object::Value f32 = engine::ZeroValue();
    f32.f32 = 666.6f;
    AddGlobal("global_i32", ValueType::kI32, engine::I32(666));
    AddGlobal("global_i64", ValueType::kI64, engine::I64(666));
    AddGlobal("global_f32", ValueType::kF32, f32);
    AddGlobal("global_f64", ValueType::kF64, engine::F64(666.6));
  }

  template <typename... Params>
  void AddFunction(const char* name, std::vector<ValueType> params,
                   void (*handler)(void*, Params...)) {
    wasm::FuncType type;
    type.params = std::move(params);
    const auto function = store_.AddHostFunction(
        type, reinterpret_cast<const void*>(handler), nullptr);
    status_.Update(function.status());
    if (function.ok()) {
      externs_[name] = engine::FunctionExtern{.host = *function};
    }
  }

  void AddGlobal(const char* name, ValueType type, object::Value value) {
    externs_[name] = store_.AddSharedGlobal({.value = type}, value);
  }

  void AddTable(const char* name, const wasm::Limits& limits) {
    auto table =
        Table::Create(engine::MakeLinkType(ValueType::FuncRef()), limits);
    status_.Update(table.status());
    if (table.ok()) externs_[name] = *std::move(table);
  }

  void AddMemory(const char* name, const wasm::Limits& limits) {
    auto memory = Memory::Create(limits);
    status_.Update(memory.status());
    if (memory.ok()) externs_[name] = *std::move(memory);
  }

  engine::Store& store_;
  ExternMap externs_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<ExternMap> MakeSpectest(engine::Store& store) {
  return Builder(store).Build();
}

}  // namespace slipway::spec
