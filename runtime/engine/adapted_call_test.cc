// Indirect calls by another type, in modules that a C linker made.

#include "runtime/engine/adapted_call.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using object::TrapCode;
using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;
using Types = std::vector<ValueType>;

constexpr auto kI32 = ValueType::kI32;
constexpr auto kI64 = ValueType::kI64;
constexpr auto kF32 = ValueType::kF32;
constexpr auto kF64 = ValueType::kF64;

enum class Linker { kC, kOther };

// "call" has the type `caller` and passes its parameters to the one function of
// a table, which has the type `callee`.
class Pair {
 public:
  Pair(const wasm::FuncType& caller, const wasm::FuncType& callee,
       const Code& body, Opcode call = Opcode::kCallIndirect,
       Linker linker = Linker::kC) {
    ModuleBuilder builder;
    const uint32_t from = builder.Type(caller.params, caller.results);
    const uint32_t to = builder.Type(callee.params, callee.results);
    const uint32_t empty = builder.Type({}, {});
    builder.Table({ValueType::FuncRef(), {.min = 1}});
    builder.Tag(empty);
    const uint32_t function = builder.Function(to, body);
    Code code;
    for (uint32_t i = 0; i < caller.params.size(); ++i) code.LocalGet(i);
    code.I32(0).Op(call, from, 0);
    const uint32_t calling = builder.Function(from, code);
    builder.Export("call", ExternKind::kFunction, calling);
    // Whether calling it without arguments throws.
    Code catching;
    catching.Block(Opcode::kBlock)
        .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = 0}})
        .I32(0)
        .Op(Opcode::kCallIndirect, empty, 0)
        .I32(0)
        .Op(Opcode::kReturn)
        .End()
        .End()
        .I32(1);
    builder.Export("throws", ExternKind::kFunction,
                   builder.Function(builder.Type({}, {kI32}), catching));
    builder.Elements(0, Code().I32(0), {function});
    if (linker == Linker::kC) {
      builder.Custom("dylink.0", std::string("\x01\x04\0\0\0\0", 6));
    }
    instance_ = &world_.Instantiate(builder);
  }

  CallResult Call(std::initializer_list<object::Value> arguments) {
    return world_.Call(*instance_, "call", arguments);
  }
  CallResult Throws() { return world_.Call(*instance_, "throws"); }

 private:
  World world_;
  const Instance* instance_;
};

TEST(AdaptedCallTest, OtherLinkersModulesTrap) {
  Pair pair({{kI64}, {kI64}}, {{}, {kI64}}, Code().I64(5),
            Opcode::kCallIndirect, Linker::kOther);
  EXPECT_EQ(pair.Call({I64(1)}).trap(), TrapCode::kIndirectCallTypeMismatch);
}

TEST(AdaptedCallTest, TooManyAndTooFewArguments) {
  for (Opcode call : {Opcode::kCallIndirect, Opcode::kReturnCallIndirect}) {
    Pair more({{kI64, kI64}, {kI64}}, {{kI64}, {kI64}}, Code().LocalGet(0),
              call);
    EXPECT_EQ(more.Call({I64(-7), I64(1)}).value.i64, -7);
    Pair fewer({{kI64}, {kI64}}, {{kI64, kI64, kF64}, {kI64}},
               Code()
                   .LocalGet(2)
                   .Op(Opcode::kI64TruncSatF64S)
                   .LocalGet(0)
                   .Op(Opcode::kI64Add)
                   .LocalGet(1)
                   .Op(Opcode::kI64Add),
               call);
    EXPECT_EQ(fewer.Call({I64(9)}).value.i64, 9);
  }
}

TEST(AdaptedCallTest, ResultsThatAreNotThereAreZero) {
  Pair none({{kI32}, {kI64}}, {{kI32}, {}}, Code());
  EXPECT_EQ(none.Call({I32(3)}).value.i64, 0);
  Pair ignored({{kI32}, {}}, {{kI32}, {kI32}}, Code().LocalGet(0));
  EXPECT_TRUE(ignored.Call({I32(3)}).returned());
  Pair other({{}, {kI64}}, {{}, {kF64}}, Code().F64(1));
  EXPECT_EQ(other.Call({}).value.i64, 0);
}

TEST(AdaptedCallTest, WidthsAreThoseOfRegisters) {
  Pair wide({{kI32}, {kI64}}, {{kI64}, {kI32}},
            Code().LocalGet(0).Op(Opcode::kI32WrapI64));
  EXPECT_EQ(wide.Call({I32(-1)}).value.i64, 0xffff'ffff);
  Pair narrow({{kI64}, {kI32}}, {{kI32}, {kI64}},
              Code().LocalGet(0).Op(Opcode::kI64ExtendI32S));
  EXPECT_EQ(narrow.Call({I64(0x1'0000'0005)}).value.i32, 5);
}

TEST(AdaptedCallTest, FloatsAndIntegersAreCountedApart) {
  Pair pair({{kF64, kI64, kF32}, {kF64}}, {{kI32, kF64}, {kF64}},
            Code()
                .LocalGet(0)
                .Op(Opcode::kF64ConvertI32S)
                .LocalGet(1)
                .Op(Opcode::kF64Add));
  EXPECT_EQ(pair.Call({F64(0.5), I64(2), object::Value{.f32 = 8}}).value.f64,
            2.5);
}

// Beyond the registers, where all values take turns in one array.
TEST(AdaptedCallTest, ManyParameters) {
  Code sum;
  sum.I64(0);
  for (uint32_t i = 0; i < 12; ++i) sum.LocalGet(i).Op(Opcode::kI64Add);
  Pair pair({Types(9, kI64), {}}, {Types(12, kI64), {kI64}}, sum);
  EXPECT_TRUE(pair.Call({I64(1), I64(2), I64(3), I64(4), I64(5), I64(6), I64(7),
                         I64(8), I64(9)})
                  .returned());
  Pair result({Types(9, kI64), {kI32}}, {Types(12, kI64), {kI64}}, sum);
  EXPECT_EQ(result
                .Call({I64(1), I64(2), I64(3), I64(4), I64(5), I64(6), I64(7),
                       I64(8), I64(9)})
                .value.i32,
            45);
  Pair too_many({{}, {}}, {Types(kMaxAdapted + 1, kI64), {}}, Code());
  EXPECT_EQ(too_many.Call({}).trap(), TrapCode::kIndirectCallTypeMismatch);
}

TEST(AdaptedCallTest, ReferencesAreNotMadeUp) {
  Pair pair({{}, {}}, {{ValueType::FuncRef()}, {}}, Code());
  EXPECT_EQ(pair.Call({}).trap(), TrapCode::kIndirectCallTypeMismatch);
}

TEST(AdaptedCallTest, TheCalleeMayThrowAndTrap) {
  Pair throwing({{}, {}}, {{kI64}, {}}, Code().Op(Opcode::kThrow, 0));
  EXPECT_EQ(throwing.Throws().value.i32, 1);
  Pair trapping({{}, {}}, {{kI64}, {}}, Code().Op(Opcode::kUnreachable));
  EXPECT_EQ(trapping.Throws().trap(), TrapCode::kUnreachable);
  EXPECT_EQ(trapping.Throws().trap(), TrapCode::kUnreachable);
}

// Calls itself by another type until the stack is used up.
TEST(AdaptedCallTest, EndlessRecursionTraps) {
  Pair pair({{}, {}}, {{kI64}, {kI64}},
            Code().I32(0).Op(Opcode::kCallIndirect, 0, 0).I64(0));
  EXPECT_EQ(pair.Call({}).trap(), TrapCode::kStackExhausted);
}

}  // namespace
}  // namespace slipway::engine
