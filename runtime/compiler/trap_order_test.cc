// Traps come exactly when the operator that traps is executed: not earlier, not
// later, not less often because nobody needs its result; and what a trap
// leaves in memory, globals and tables is what came before it. LLVM knows
// nothing of this unless the emitters tell it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/compiler/testing/object_runner.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using object::Value;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;

// The parameters of every function under test; what is out of bounds or zero
// must not be known to the compiler.
constexpr uint32_t kOutside = 0;  // i64, the first address out of bounds
constexpr uint32_t kZero = 1;     // i64
constexpr uint32_t kCount = 2;    // i32, for the test

struct Trapping {
  std::string name;
  Code code;  // leaves nothing on the stack
};

std::string NameOf(Opcode op) {
  std::string name(wasm::OpcodeName(op));
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

// Every operator that loads, its result dropped.
std::vector<Trapping> DroppedLoads() {
  std::vector<Trapping> loads;
  for (Opcode op : {Opcode::kI32Load,          Opcode::kI64Load,
                    Opcode::kF32Load,          Opcode::kF64Load,
                    Opcode::kI32Load8S,        Opcode::kI32Load8U,
                    Opcode::kI32Load16S,       Opcode::kI32Load16U,
                    Opcode::kI64Load8S,        Opcode::kI64Load8U,
                    Opcode::kI64Load16S,       Opcode::kI64Load16U,
                    Opcode::kI64Load32S,       Opcode::kI64Load32U,
                    Opcode::kV128Load,         Opcode::kV128Load8x8S,
                    Opcode::kV128Load8x8U,     Opcode::kV128Load16x4S,
                    Opcode::kV128Load16x4U,    Opcode::kV128Load32x2S,
                    Opcode::kV128Load32x2U,    Opcode::kV128Load8Splat,
                    Opcode::kV128Load16Splat,  Opcode::kV128Load32Splat,
                    Opcode::kV128Load64Splat,  Opcode::kV128Load32Zero,
                    Opcode::kV128Load64Zero,   Opcode::kI32AtomicLoad,
                    Opcode::kI64AtomicLoad,    Opcode::kI32AtomicLoad8U,
                    Opcode::kI32AtomicLoad16U, Opcode::kI64AtomicLoad8U,
                    Opcode::kI64AtomicLoad16U, Opcode::kI64AtomicLoad32U}) {
    loads.push_back(
        {NameOf(op), Code().LocalGet(kOutside).Op(op).Op(Opcode::kDrop)});
  }
  return loads;
}

// Loads whose result only optimisation finds to be of no use.
std::vector<Trapping> UselessLoads() {
  const auto load = [] {
    return Code().LocalGet(kOutside).Op(Opcode::kI64Load);
  };
  const auto twice = [&load] {
    return load().LocalSet(kZero).LocalGet(kZero).LocalGet(kZero);
  };
  std::vector<Trapping> loads = {
      {"times_zero", load().I64(0).Op(Opcode::kI64Mul)},
      {"and_zero", load().I64(0).Op(Opcode::kI64And)},
      {"minus_itself", twice().Op(Opcode::kI64Sub)},
      {"select_constant", load().I64(7).I32(0).Op(Opcode::kSelect)},
      {"byte_below_256", Code()
                             .LocalGet(kOutside)
                             .Op(Opcode::kI64Load8U)
                             .I64(256)
                             .Op(Opcode::kI64LtU)
                             .Op(Opcode::kI64ExtendI32U)},
      // Only the half that is out of bounds is not needed.
      {"half_vector", Code()
                          .LocalGet(kOutside)
                          .I64(8)
                          .Op(Opcode::kI64Sub)
                          .Op(Opcode::kV128Load)
                          .Op(Opcode::kI64x2ExtractLane, 0)},
      // Needed on a path that is not taken.
      {"one_path", load()
                       .LocalSet(kZero)
                       .LocalGet(kCount)
                       .Block(Opcode::kIf, kI64)
                       .LocalGet(kZero)
                       .Op(Opcode::kElse)
                       .I64(3)
                       .End()},
      {"overwritten_local",
       load().LocalSet(kZero).I64(5).LocalSet(kZero).LocalGet(kZero)}};
  for (Trapping& each : loads) each.code.Op(Opcode::kDrop);
  return loads;
}

// Loads that a select does not take. LLVM made masked AVX-512 loads of them,
// which do not fault.
std::vector<Trapping> UnselectedLoads() {
  const auto select = [](Opcode load, Code otherwise, Opcode store) {
    return Code()
        .I64(0)  // the select needs a use
        .LocalGet(kOutside)
        .Op(load)
        .Append(otherwise)
        .LocalGet(kZero)
        .I64(0)
        .Op(Opcode::kI64LtS)
        .Op(Opcode::kSelect)
        .Op(store);
  };
  const Code zero = Code().LocalGet(kZero);
  return {{"unselected_f64",
           select(Opcode::kF64Load, Code().F64(0), Opcode::kF64Store)},
          {"unselected_f32",
           select(Opcode::kF32Load, Code(zero).Op(Opcode::kF32ConvertI64S),
                  Opcode::kF32Store)}};
}

// One trap of every other kind.
std::vector<Trapping> OtherTraps(uint32_t type) {
  const auto zero32 = [] {
    return Code().LocalGet(kZero).Op(Opcode::kI32WrapI64);
  };
  const auto outside32 = [] {
    return Code().LocalGet(kOutside).Op(Opcode::kI32WrapI64);
  };
  const auto zero = [] { return Code().LocalGet(kZero); };
  const auto outside = [] { return Code().LocalGet(kOutside); };
  const auto nan = [&zero] {
    return zero().Op(Opcode::kF64ConvertI64S).F64(0).Op(Opcode::kF64Div);
  };
  return {
      {"unreachable", zero()
                          .Op(Opcode::kI64Eqz)
                          .Block(Opcode::kIf)
                          .Op(Opcode::kUnreachable)
                          .End()},
      {"store", outside().I64(1).Op(Opcode::kI64Store)},
      {"beyond_reservation", Code()
                                 .I64(-1)
                                 .LocalGet(kZero)
                                 .Op(Opcode::kI64Add)
                                 .Op(Opcode::kI64Load8U)
                                 .Op(Opcode::kDrop)},
      {"div_s",
       Code().I64(1).LocalGet(kZero).Op(Opcode::kI64DivS).Op(Opcode::kDrop)},
      {"rem_u",
       Code().I64(1).LocalGet(kZero).Op(Opcode::kI64RemU).Op(Opcode::kDrop)},
      {"trunc", nan().Op(Opcode::kI32TruncF64S).Op(Opcode::kDrop)},
      {"table_get", outside32().Op(Opcode::kTableGet).Op(Opcode::kDrop)},
      {"null_reference", zero32()
                             .Op(Opcode::kTableGet)
                             .Op(Opcode::kRefAsNonNull)
                             .Op(Opcode::kDrop)},
      {"call_indirect_outside", outside32().Op(Opcode::kCallIndirect, type, 0)},
      {"call_indirect_null", zero32().Op(Opcode::kCallIndirect, type, 0)},
      {"fill", outside().I32(1).I64(1).Op(Opcode::kMemoryFill)},
      {"copy", zero().LocalGet(kOutside).I64(1).Op(Opcode::kMemoryCopy)},
      {"unaligned", Code()
                        .I64(1)
                        .LocalGet(kZero)
                        .Op(Opcode::kI64Add)
                        .Op(Opcode::kI32AtomicLoad)
                        .Op(Opcode::kDrop)},
      {"rmw", outside().I64(1).Op(Opcode::kI64AtomicRmwAdd).Op(Opcode::kDrop)},
  };
}

std::vector<Trapping> AllTraps(uint32_t type) {
  std::vector<Trapping> all = DroppedLoads();
  for (Trapping& each : UselessLoads()) all.push_back(each);
  for (Trapping& each : UnselectedLoads()) all.push_back(each);
  for (Trapping& each : OtherTraps(type)) all.push_back(each);
  return all;
}

// A module with what the traps need: a memory64, a table with a null element
// and a function, and a global.
class TrapOrderTest : public testing::TestWithParam<int> {
 protected:
  TrapOrderTest() {
    builder_.Memory({.min = 4, .is64 = true});
    builder_.Table({.element = ValueType::FuncRef(), .limits = {.min = 2}});
    nothing_ = builder_.Type({}, {});
    global_ =
        builder_.Global({.value = kI64, .is_mutable = true}, Code().I64(0));
    empty_ = builder_.Function(nothing_, Code());
  }

  uint32_t Add(const std::vector<Code>& parts) {
    Code code;
    for (const Code& part : parts) {
      for (char byte : part.bytes()) code.Raw({static_cast<uint8_t>(byte)});
    }
    return builder_.Function(builder_.Type({kI64, kI64, kI32}, {}), code);
  }

  std::unique_ptr<ObjectRunner> Compile() {
    auto runner = std::make_unique<ObjectRunner>(
        builder_.Build(), Options{.optimization = GetParam()});
    runner->SetTable({std::nullopt, empty_});
    return runner;
  }

  static CallResult Call(ObjectRunner& runner, uint32_t function,
                         int32_t count = 0) {
    Value values[3] = {{.i64 = ObjectRunner::kMemorySize}, {}, {}};
    values[kCount].i32 = count;
    return runner.Call(function, values);
  }

  ModuleBuilder builder_;
  uint32_t nothing_, global_, empty_;
};

Code StoreByte(int32_t value) {
  return Code().I64(64).I32(value).Op(Opcode::kI32Store8);
}

TEST_P(TrapOrderTest, UnusedOperatorsTrap) {
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) functions.push_back(Add({trap.code}));
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    EXPECT_FALSE(Call(*runner, functions[i]).ok()) << traps[i].name;
  }
}

// Stores that are overwritten behind the trap, and stores behind the trap.
TEST_P(TrapOrderTest, MemoryIsAsBeforeTheTrap) {
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    functions.push_back(Add({StoreByte(1), trap.code, StoreByte(2)}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    runner->memory()[64] = 0;
    EXPECT_FALSE(Call(*runner, functions[i]).ok()) << traps[i].name;
    EXPECT_EQ(runner->memory()[64], 1) << traps[i].name;
  }
}

TEST_P(TrapOrderTest, FilledMemoryIsAsBeforeTheTrap) {
  const auto fill = [](int32_t value) {
    return Code().I64(64).I32(value).I64(16).Op(Opcode::kMemoryFill);
  };
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    functions.push_back(Add({fill(1), trap.code, fill(2)}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    runner->memory()[64] = 0;
    EXPECT_FALSE(Call(*runner, functions[i]).ok()) << traps[i].name;
    EXPECT_EQ(runner->memory()[64], 1) << traps[i].name;
  }
}

TEST_P(TrapOrderTest, GlobalsAreAsBeforeTheTrap) {
  const auto set = [this](int64_t value) {
    return Code().I64(value).Op(Opcode::kGlobalSet, global_);
  };
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    functions.push_back(Add({set(1), trap.code, set(2)}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    runner->own_global(0).i64 = 0;
    EXPECT_FALSE(Call(*runner, functions[i]).ok()) << traps[i].name;
    EXPECT_EQ(runner->own_global(0).i64, 1) << traps[i].name;
  }
}

TEST_P(TrapOrderTest, TablesAreAsBeforeTheTrap) {
  const std::vector<Trapping> traps = AllTraps(nothing_);
  const Code set_function =
      Code().I32(1).I32(1).Op(Opcode::kTableGet).Op(Opcode::kTableSet);
  const Code set_null =
      Code().I32(1).I32(0).Op(Opcode::kTableGet).Op(Opcode::kTableSet);
  const uint32_t is_null = builder_.Function(
      builder_.Type({}, {kI32}),
      Code().I32(1).Op(Opcode::kTableGet).Op(Opcode::kRefIsNull));
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    functions.push_back(Add({set_null, trap.code, set_function}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    runner->SetTable({std::nullopt, empty_});
    EXPECT_FALSE(Call(*runner, functions[i]).ok()) << traps[i].name;
    Value null{.i32 = 0};
    ASSERT_TRUE(runner->Call(is_null, {&null, 1}).ok());
    EXPECT_EQ(null.i32, 1) << traps[i].name;
  }
}

// What does not depend on the loop is hoisted only where it runs anyway.
TEST_P(TrapOrderTest, LoopsOfNoIterationsDoNotTrap) {
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    // while (count != 0) { trap; count -= 1; }
    functions.push_back(Add({Code()
                                 .Block(Opcode::kBlock)
                                 .Block(Opcode::kLoop)
                                 .LocalGet(kCount)
                                 .Op(Opcode::kI32Eqz)
                                 .Op(Opcode::kBrIf, 1),
                             trap.code,
                             Code()
                                 .LocalGet(kCount)
                                 .I32(1)
                                 .Op(Opcode::kI32Sub)
                                 .LocalSet(kCount)
                                 .Op(Opcode::kBr, 0)
                                 .End()
                                 .End()}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    EXPECT_TRUE(Call(*runner, functions[i], 0).ok()) << traps[i].name;
    EXPECT_FALSE(Call(*runner, functions[i], 2).ok()) << traps[i].name;
  }
}

TEST_P(TrapOrderTest, BranchesNotTakenDoNotTrap) {
  const std::vector<Trapping> traps = AllTraps(nothing_);
  std::vector<uint32_t> functions;
  for (const Trapping& trap : traps) {
    functions.push_back(Add(
        {Code().LocalGet(kCount).Block(Opcode::kIf), trap.code, Code().End()}));
  }
  const auto runner = Compile();
  for (size_t i = 0; i < traps.size(); ++i) {
    EXPECT_TRUE(Call(*runner, functions[i], 0).ok()) << traps[i].name;
    EXPECT_FALSE(Call(*runner, functions[i], 1).ok()) << traps[i].name;
  }
}

// Of several traps in a row, the first is taken.
TEST_P(TrapOrderTest, TheFirstTrapWins) {
  const Code divide =
      Code().I64(1).LocalGet(kZero).Op(Opcode::kI64DivU).Op(Opcode::kDrop);
  const Code load =
      Code().LocalGet(kOutside).Op(Opcode::kI64Load).Op(Opcode::kDrop);
  const uint32_t divide_first = Add({divide, load});
  const uint32_t load_first = Add({load, divide});
  const auto runner = Compile();
  EXPECT_EQ(Call(*runner, divide_first).trap,
            object::TrapCode::kIntegerDivideByZero);
  EXPECT_TRUE(Call(*runner, load_first).fault.has_value());
}

INSTANTIATE_TEST_SUITE_P(Levels, TrapOrderTest, testing::Values(0, 2, 3),
                         [](const auto& info) {
                           return "O" + std::to_string(info.param);
                         });

}  // namespace
}  // namespace slipway::compiler
