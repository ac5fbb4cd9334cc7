// What dynamic linkers need: modules that import each other's functions,
// instances that begin again, imports that are bound later.

#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// Exports "value", which returns `value`, and "more", which is one more than
// "value" of another module.
ModuleBuilder OneOfTwo(int32_t value) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {ValueType::kI32});
  const uint32_t other = builder.ImportFunction("other", "value", type);
  builder.Export("value", ExternKind::kFunction,
                 builder.Function(type, Code().I32(value)));
  builder.Export(
      "more", ExternKind::kFunction,
      builder.Function(
          type, Code().Op(Opcode::kCall, other).I32(1).Op(Opcode::kI32Add)));
  return builder;
}

FunctionExtern Own(const Instance& instance, std::string_view name) {
  return {
      .ref = instance.own_function(
          instance.module().FindExport(name, ExternKind::kFunction)->index)};
}

class InstanceGroupTest : public testing::Test {
 protected:
  // Two modules, each of which calls the other.
  void Link() {
    auto one =
        Instance::Reserve(world_.store, CompileForTest(OneOfTwo(10).Build()));
    auto two =
        Instance::Reserve(world_.store, CompileForTest(OneOfTwo(20).Build()));
    ASSERT_TRUE(one.ok() && two.ok());
    one_ = one->get();
    two_ = two->get();
    Linker linker_one(world_.store), linker_two(world_.store);
    linker_one.Define("other", "value", Own(*two_, "value"));
    linker_two.Define("other", "value", Own(*one_, "value"));
    Instance::Member members[] = {{*std::move(one), &linker_one},
                                  {*std::move(two), &linker_two}};
    ASSERT_TRUE(Instance::CreateGroup(*world_.thread, members).ok());
  }

  int32_t More(const Instance& instance) {
    return world_.Call(instance, "more").value.i32;
  }

  World world_;
  Instance* one_ = nullptr;
  Instance* two_ = nullptr;
};

TEST_F(InstanceGroupTest, ModulesCallEachOther) {
  Link();
  EXPECT_EQ(More(*one_), 21);
  EXPECT_EQ(More(*two_), 11);
}

TEST_F(InstanceGroupTest, LaterThreadsHaveThemToo) {
  Link();
  auto later = Thread::Create(world_.store, {.stack_size = 1 << 20});
  ASSERT_TRUE(later.ok());
  std::thread native([&] {
    (*later)->Attach();
    EXPECT_EQ(CallOn(**later, *one_, "more", {}).value.i32, 21);
    EXPECT_EQ(CallOn(**later, *two_, "more", {}).value.i32, 11);
    later->reset();
  });
  native.join();
}

TEST_F(InstanceGroupTest, AnImportIsBoundAgain) {
  Link();
  one_->Rebind(*world_.thread, 0, Own(*one_, "value").ref);
  EXPECT_EQ(More(*one_), 11);
}

TEST_F(InstanceGroupTest, WhatIsNotMadeGivesItsIdBack) {
  const CodeObject& code = CompileForTest(OneOfTwo(10).Build());
  for (uint32_t i = 0; i < 2 * Store::kMaxIds; ++i) {
    ASSERT_TRUE(Instance::Reserve(world_.store, code).ok());
  }
}

TEST_F(InstanceGroupTest, RenewedItBeginsAgain) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {ValueType::kI32});
  builder.Memory({.min = 1});
  builder.Data(0, Code().I32(8), "a");
  builder.Global({ValueType::kI32, true}, Code().I32(5));
  builder.Export("step", ExternKind::kFunction,
                 builder.Function(type, Code()
                                            .Op(Opcode::kGlobalGet, 0)
                                            .I32(1)
                                            .Op(Opcode::kI32Add)
                                            .Op(Opcode::kGlobalSet, 0)
                                            .Op(Opcode::kGlobalGet, 0)));
  Instance& instance = world_.Instantiate(builder);
  EXPECT_EQ(world_.Call(instance, "step").value.i32, 6);
  EXPECT_EQ(world_.Call(instance, "step").value.i32, 7);
  instance.memory(0).base()[8] = 'b';
  ASSERT_TRUE(instance.Renew(*world_.thread).ok());
  EXPECT_EQ(world_.Call(instance, "step").value.i32, 6);
  EXPECT_EQ(instance.memory(0).base()[8], 'a');
}

}  // namespace
}  // namespace slipway::engine
