// Exceptions in threads and across instances: tags, and references to
// exceptions, as imports and exports, in globals, tables and payloads.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/testing/module_builder.h"
#include "tests/conformance/crew.h"

namespace slipway::conformance {
namespace {

using engine::CallResult;
using engine::I64;
using engine::Instance;
using engine::Outcome;
using engine::Thread;
using engine::World;
using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::GlobalType;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::TableType;
using wasm::ValueType;

const GlobalType kGlobal = {ValueType::ExnRef(), true};
const TableType kTable = {ValueType::ExnRef(), {.min = 8, .is64 = true}};

// The types that both modules here have, in the same order.
struct Types {
  explicit Types(ModuleBuilder& builder)
      : payload(builder.Type({ValueType::kI64}, {})),
        unary(builder.Type({ValueType::kI64}, {ValueType::kI64})),
        make(builder.Type({ValueType::kI64}, {ValueType::ExnRef()})),
        value(builder.Type({ValueType::ExnRef()}, {ValueType::kI64})),
        both(builder.Type({}, {ValueType::kI64, ValueType::ExnRef()})) {}
  const uint32_t payload, unary, make, value, both;
};

// Exports a tag, a global and a table of references, and
//   throw  (i64) -> i64     throws its argument
//   make   (i64) -> exnref  of an exception with that value
//   recurse (i64) -> i64    throws it from as many frames
ModuleBuilder Library() {
  ModuleBuilder builder;
  const Types types(builder);
  const uint32_t tag = builder.Tag(types.payload);
  builder.Global(kGlobal, Code().RefNull(HeapType::kExn));
  builder.Table(kTable);
  builder.Export("tag", ExternKind::kTag, tag);
  builder.Export("global", ExternKind::kGlobal, 0);
  builder.Export("table", ExternKind::kTable, 0);
  auto add = [&](std::string_view name, uint32_t type, const Code& code) {
    const uint32_t function = builder.Function(type, code);
    builder.Export(name, ExternKind::kFunction, function);
    return function;
  };
  const uint32_t thrower =
      add("throw", types.unary, Code().LocalGet(0).Op(Opcode::kThrow, tag));
  add("make", types.make,
      Code()
          .Block(Opcode::kBlock, ValueType::ExnRef())
          .TryTable({{.kind = CatchClause::Kind::kCatchAllRef}})
          .LocalGet(0)
          .Op(Opcode::kCall, thrower)
          .Op(Opcode::kDrop)
          .End()
          .Op(Opcode::kUnreachable)
          .End());
  add("recurse", types.unary,
      Code()
          .LocalGet(0)
          .Op(Opcode::kI64Eqz)
          .Block(Opcode::kIf)
          .I64(77)
          .Op(Opcode::kThrow, tag)
          .End()
          .LocalGet(0)
          .I64(1)
          .Op(Opcode::kI64Sub)
          .Op(Opcode::kCall, 2)
          .LocalGet(0)
          .Op(Opcode::kI64Rotl));
  return builder;
}

// Everything from the library; exports
//   catch    (i64) -> i64  what throw throws, plus 1
//   deep     (i64) -> i64  what recurse throws
//   own      (i64) -> i64  throws and catches a tag of its own
//   global, table, argument (i64) -> i64  the value of an exception that the
//            library made, by way of its global, its table or a local
//   put      (i64) -> i64  makes one and puts it into the table
//   take     (i64) -> i64  the value of the one there, whoever put it there
ModuleBuilder Program() {
  ModuleBuilder builder;
  const Types types(builder);
  const uint32_t thrower = builder.ImportFunction("lib", "throw", types.unary);
  const uint32_t make = builder.ImportFunction("lib", "make", types.make);
  const uint32_t recurse =
      builder.ImportFunction("lib", "recurse", types.unary);
  const uint32_t tag = builder.ImportTag("lib", "tag", types.payload);
  const uint32_t own = builder.Tag(types.payload);
  builder.ImportGlobal("lib", "global", kGlobal);
  builder.ImportTable("lib", "table", kTable);
  auto add = [&](std::string_view name, const Code& code) {
    builder.Export(name, ExternKind::kFunction,
                   builder.Function(types.unary, {ValueType::ExnRef()}, code));
  };
  auto caught = [](uint32_t which, const Code& body) {
    return Code()
        .Block(Opcode::kBlock, ValueType::kI64)
        .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = which}})
        .Append(body)
        .End()
        .Op(Opcode::kUnreachable)
        .End();
  };
  // (exnref) -> i64: throws the reference and catches the value.
  const uint32_t value = builder.Function(
      types.value, caught(tag, Code().LocalGet(0).Op(Opcode::kThrowRef)));
  const Code made = Code().LocalGet(0).Op(Opcode::kCall, make);
  const auto call = [](uint32_t function) {
    return Code().LocalGet(0).Op(Opcode::kCall, function).Op(Opcode::kDrop);
  };
  add("catch", caught(tag, call(thrower)).I64(1).Op(Opcode::kI64Add));
  add("deep", caught(tag, call(recurse)));
  add("own", caught(own, Code().LocalGet(0).Op(Opcode::kThrow, own)));
  add("miss", caught(own, call(thrower)));
  add("argument", Code(made).Op(Opcode::kCall, value));
  add("global", Code(made)
                    .Op(Opcode::kGlobalSet, 0)
                    .Op(Opcode::kGlobalGet, 0)
                    .Op(Opcode::kCall, value));
  const Code slot = Code().LocalGet(0).I64(7).Op(Opcode::kI64And);
  const Code put = Code(slot).Append(made).Op(Opcode::kTableSet);
  const Code take = Code(slot).Op(Opcode::kTableGet).Op(Opcode::kCall, value);
  add("table", Code(put).Append(take));
  add("put", Code(put).I64(0));
  add("take", take);
  return builder;
}

class ExceptionsTest : public testing::Test {
 protected:
  ExceptionsTest() : library_(world_.Instantiate(Library())) {
    world_.linker.DefineInstance("lib", library_);
    program_ = &world_.Instantiate(Program());
  }

  int64_t Call(Thread& thread, std::string_view function, int64_t argument) {
    const CallResult result =
        engine::CallOn(thread, *program_, function, {I64(argument)});
    EXPECT_TRUE(result.returned()) << function;
    return result.value.i64;
  }

  World world_;
  const Instance& library_;
  const Instance* program_ = nullptr;
};

TEST_F(ExceptionsTest, CrossInstancesInEveryWay) {
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(Call(*world_.thread, "catch", i), i + 1);
    for (const char* way : {"own", "argument", "global", "table"}) {
      EXPECT_EQ(Call(*world_.thread, way, i), i) << way;
    }
  }
  EXPECT_EQ(Call(*world_.thread, "deep", 500), 77);
}

TEST_F(ExceptionsTest, EveryThreadCatchesItsOwn) {
  RunTogether(world_, kThreads, [&](Thread& thread, int number) {
    for (int64_t i = 0; i < 3000; ++i) {
      const int64_t value = (int64_t{number} << 32) + i;
      EXPECT_EQ(Call(thread, "catch", value), value + 1);
      EXPECT_EQ(Call(thread, "own", value), value);
      EXPECT_EQ(Call(thread, "argument", value), value);
      EXPECT_EQ(Call(thread, "global", value), value);  // globals are its own
    }
    EXPECT_EQ(Call(thread, "deep", 300), 77);
  });
}

TEST_F(ExceptionsTest, UncaughtOnesConcernTheirThreadAlone) {
  RunTogether(world_, kThreads, [&](Thread& thread, int number) {
    for (int64_t i = 0; i < 1000; ++i) {
      const int64_t value = 1000 * number + i;
      if (number != 0) {
        EXPECT_EQ(Call(thread, "catch", value), value + 1);
        continue;
      }
      const CallResult result =
          engine::CallOn(thread, *program_, "miss", {I64(value)});
      ASSERT_EQ(result.outcome.kind, Outcome::kException);
      object::Exception* const exception = result.outcome.exception;
      EXPECT_EQ(engine::ExceptionValues(exception)[0].i64, value);
      EXPECT_EQ(
          engine::ExceptionTag(exception),
          std::get<std::shared_ptr<engine::Tag>>(*library_.FindExport("tag"))
              .get());
      engine::ReleaseException(exception);
    }
  });
}

// All threads put and take at the same places at the same time.
TEST_F(ExceptionsTest, ReferencesInTablesPassBetweenThreads) {
  for (int64_t slot = 0; slot < 8; ++slot) Call(*world_.thread, "put", slot);
  RunTogether(world_, kThreads, [&](Thread& thread, int number) {
    for (int64_t i = 0; i < 2000; ++i) {
      const int64_t slot = (i + number) % 8;
      if (i % 2 == 0) {
        Call(thread, "put", slot + 8 * i + 100000 * number);
      } else {
        EXPECT_EQ(Call(thread, "take", slot) % 8, slot);
      }
    }
  });
  for (int64_t slot = 0; slot < 8; ++slot) {
    EXPECT_EQ(Call(*world_.thread, "take", slot) % 8, slot);
  }
}

}  // namespace
}  // namespace slipway::conformance
