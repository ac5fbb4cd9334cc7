// Calling compiled code: values in and out, host functions, globals, linking.

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using object::Value;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr wasm::Limits kOnePage64 = {.min = 1, .is64 = true};

TEST(ExecutionTest, AddsNumbers) {
  ModuleBuilder builder;
  const uint32_t type =
      builder.Type({ValueType::kI32, ValueType::kI32}, {ValueType::kI32});
  builder.Export("add", ExternKind::kFunction,
                 builder.Function(
                     type, Code().LocalGet(0).LocalGet(1).Op(Opcode::kI32Add)));
  World world;
  const Instance& instance = world.Instantiate(builder);
  const CallResult result = world.Call(instance, "add", {I32(40), I32(2)});
  EXPECT_TRUE(result.returned());
  EXPECT_EQ(result.value.i32, 42);
}

// More parameters and results than registers: through ThreadState::overflow.
TEST(ExecutionTest, PassesManyValues) {
  ModuleBuilder builder;
  const std::vector<ValueType> seven(7, ValueType::kI64);
  const uint32_t type = builder.Type(seven, {ValueType::kI64, ValueType::kI64});
  const uint32_t inner = builder.Function(type, Code().LocalGet(5).LocalGet(6));
  Code call;
  for (uint32_t i = 0; i < 7; ++i) call.LocalGet(i);
  builder.Export("last_two", ExternKind::kFunction,
                 builder.Function(type, call.Op(Opcode::kCall, inner)));
  World world;
  const Instance& instance = world.Instantiate(builder);
  std::vector<Value> values;
  for (int i = 1; i <= 7; ++i) values.push_back(I64(i));
  const Outcome outcome =
      Invoke(*world.thread, *instance.FindFunction("last_two"), values);
  EXPECT_EQ(outcome.kind, Outcome::kReturned);
  EXPECT_EQ(values[0].i64, 6);
  EXPECT_EQ(values[1].i64, 7);
}

struct Recorder {
  int64_t seen[7] = {};
};

int64_t Record(Recorder* recorder, int64_t a, int64_t b, int64_t c, int64_t d,
               int64_t e, int64_t f, int64_t g) {
  const int64_t all[] = {a, b, c, d, e, f, g};
  std::copy(std::begin(all), std::end(all), recorder->seen);
  return -7;
}

double Scale(int* calls, int32_t factor, float x) {
  ++*calls;
  return factor * static_cast<double>(x);
}

TEST(ExecutionTest, CallsHostFunctions) {
  ModuleBuilder builder;
  const std::vector<ValueType> seven(7, ValueType::kI64);
  const uint32_t record_type = builder.Type(seven, {ValueType::kI64});
  const uint32_t scale_type =
      builder.Type({ValueType::kI32, ValueType::kF32}, {ValueType::kF64});
  const uint32_t nullary = builder.Type({}, {ValueType::kI64});
  const uint32_t record = builder.ImportFunction("host", "record", record_type);
  const uint32_t scale = builder.ImportFunction("host", "scale", scale_type);
  Code call;
  for (int i = 1; i <= 7; ++i) call.I64(i);
  builder.Export("run", ExternKind::kFunction,
                 builder.Function(nullary, call.Op(Opcode::kCall, record)));
  builder.Export("scale", ExternKind::kFunction, scale);  // re-exported

  World world;
  Recorder recorder;
  int calls = 0;
  ASSERT_TRUE(
      world.linker.DefineFunction("host", "record", &recorder, &Record).ok());
  ASSERT_TRUE(
      world.linker.DefineFunction("host", "scale", &calls, &Scale).ok());
  const Instance& instance = world.Instantiate(builder);
  EXPECT_EQ(world.Call(instance, "run").value.i64, -7);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(recorder.seen[i], i + 1);

  Value x = ZeroValue();
  x.f32 = 1.5f;
  EXPECT_EQ(world.Call(instance, "scale", {I32(2), x}).value.f64, 3.0);
  EXPECT_EQ(calls, 1);
}

// A module with a memory, a table, a global and functions that use them, and
// another that imports all of them.
ModuleBuilder Provider() {
  ModuleBuilder builder;
  const uint32_t getter = builder.Type({}, {ValueType::kI64});
  builder.Memory(kOnePage64);
  builder.Table({ValueType::FuncRef(), {.min = 4, .is64 = true}});
  builder.Global({ValueType::kI64, true}, Code().I64(5));
  builder.Data(0, Code().I64(8), "slipway!");
  builder.Export("memory", ExternKind::kMemory, 0);
  builder.Export("table", ExternKind::kTable, 0);
  builder.Export("counter", ExternKind::kGlobal, 0);
  builder.Export("get", ExternKind::kFunction,
                 builder.Function(getter, Code().Op(Opcode::kGlobalGet, 0)));
  builder.Export("call_slot_1", ExternKind::kFunction,
                 builder.Function(
                     getter, Code().I64(1).Op(Opcode::kCallIndirect, getter)));
  return builder;
}

ModuleBuilder Consumer() {
  ModuleBuilder builder;
  const uint32_t getter = builder.Type({}, {ValueType::kI64});
  const uint32_t get = builder.ImportFunction("lib", "get", getter);
  builder.ImportMemory("lib", "memory", kOnePage64);
  builder.ImportTable("lib", "table",
                      {ValueType::FuncRef(), {.min = 2, .is64 = true}});
  builder.ImportGlobal("lib", "counter", {ValueType::kI64, true});
  const uint32_t read =
      builder.Function(getter, Code().I64(8).Op(Opcode::kI64Load));
  builder.Elements(0, Code().I64(1), {read});
  builder.Export("bump", ExternKind::kFunction,
                 builder.Function(getter, Code()
                                              .Op(Opcode::kGlobalGet, 0)
                                              .I64(1)
                                              .Op(Opcode::kI64Add)
                                              .Op(Opcode::kGlobalSet, 0)
                                              .Op(Opcode::kCall, get)));
  return builder;
}

TEST(ExecutionTest, LinksInstancesThroughEverything) {
  World world;
  const Instance& provider = world.Instantiate(Provider());
  world.linker.DefineInstance("lib", provider);
  const Instance& consumer = world.Instantiate(Consumer());
  EXPECT_EQ(world.Call(consumer, "bump").value.i64, 6);
  EXPECT_EQ(world.Call(provider, "get").value.i64, 6);
  EXPECT_EQ(provider.FindGlobal(*world.thread, "counter")->i64, 6);
  // The consumer's function, through the provider's table.
  const Value read = world.Call(provider, "call_slot_1").value;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&read), 8), "slipway!");
}

TEST(ExecutionTest, SaysWhatCannotBeLinked) {
  World world;
  auto consumer = world.TryInstantiate(Consumer());
  ASSERT_FALSE(consumer.ok());
  EXPECT_EQ(consumer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(std::string(consumer.status().message()),
            "unlinkable: import lib.get: unknown import: expected function "
            "() -> (i64)");

  world.linker.DefineInstance("lib", world.Instantiate(Provider()));
  world.linker.Define("lib", "memory", *Memory::Create({.min = 1}));
  consumer = world.TryInstantiate(Consumer());
  ASSERT_FALSE(consumer.ok());
  EXPECT_EQ(consumer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(consumer.status().message()),
            "unlinkable: import lib.memory: incompatible import type: expected "
            "memory {min 1, i64}, got memory {min 1, i32}");
}

TEST(ExecutionTest, ActiveSegmentOutOfBoundsTraps) {
  ModuleBuilder builder;
  builder.Memory(kOnePage64);
  builder.Data(0, Code().I64(65530), "too long");
  World world;
  const auto instance = world.TryInstantiate(builder);
  ASSERT_FALSE(instance.ok());
  EXPECT_EQ(instance.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(std::string(instance.status().message()),
            "trap: out of bounds memory access");
}

TEST(ExecutionTest, GrowsMemory) {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  builder.Memory({.min = 1, .max = 3, .is64 = true});
  builder.Export(
      "grow", ExternKind::kFunction,
      builder.Function(unary, Code().LocalGet(0).Op(Opcode::kMemoryGrow)));
  builder.Export(
      "load", ExternKind::kFunction,
      builder.Function(unary, Code().LocalGet(0).Op(Opcode::kI64Load)));
  World world;
  const Instance& instance = world.Instantiate(builder);
  EXPECT_TRUE(world.Call(instance, "load", {I64(65536)}).trapped());
  EXPECT_EQ(world.Call(instance, "grow", {I64(1)}).value.i64, 1);
  EXPECT_TRUE(world.Call(instance, "load", {I64(65536)}).returned());
  EXPECT_EQ(world.Call(instance, "grow", {I64(5)}).value.i64, -1);
  EXPECT_EQ(world.Call(instance, "grow", {I64(1)}).value.i64, 2);
}

}  // namespace
}  // namespace slipway::engine
