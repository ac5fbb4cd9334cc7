// Loops trap where they would with a check per access: after as many
// iterations, with the effects of those before.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/compiler/testing/object_runner.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using object::kMemory64Reservation;
using object::Value;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI64 = ValueType::kI64;
constexpr uint64_t kSize = ObjectRunner::kMemorySize;

// Parameters of each function: the first address, and the iterations to make.
constexpr uint32_t kAddress = 0;
constexpr uint32_t kCount = 1;

// Where a loop counts the iterations it has begun, in memory.
constexpr uint64_t kBegun = 2048;

// An access in a loop body, and the same as arithmetic.
struct Access {
  std::string name;
  Code code;
  int64_t step;  // of the address
  // Whether it traps at this address, and the byte that it touches.
  std::function<bool(uint64_t address)> traps;
};

bool IsOutside(uint64_t base, uint64_t offset) {
  return base >= kSize || offset >= kSize - base;
}

Code Byte(int64_t plus, uint64_t offset) {
  Code code;
  code.LocalGet(kAddress);
  if (plus != 0) code.I64(plus).Op(Opcode::kI64Add);
  return code.Op(Opcode::kI64Load8U, offset).Op(Opcode::kDrop);
}

Code StoreByte(int64_t plus, uint64_t offset) {
  Code code;
  code.LocalGet(kAddress);
  if (plus != 0) code.I64(plus).Op(Opcode::kI64Add);
  return code.I64(1).Op(Opcode::kI64Store8, offset);
}

std::vector<Access> Accesses() {
  const auto at = [](int64_t plus, uint64_t offset) {
    return [=](uint64_t a) {
      return IsOutside(a + static_cast<uint64_t>(plus), offset);
    };
  };
  const auto either = [](auto a, auto b) {
    return [=](uint64_t address) { return a(address) || b(address); };
  };
  return {
      {"load", Byte(0, 0), 1, at(0, 0)},
      {"store", StoreByte(0, 0), 1, at(0, 0)},
      {"offset", Byte(0, 8), 1, at(0, 8)},
      {"large_offset", Byte(0, 0xfffffff0), 1, at(0, 0xfffffff0)},
      {"large_step", Byte(0, 0), 1 << 20, at(0, 0)},
      {"huge_step", Byte(0, 0), int64_t{1} << 40, at(0, 0)},
      {"downwards", Byte(0, 8), -1, at(0, 8)},
      {"unchanged", Byte(0, 0), 0, at(0, 0)},
      {"plus", Byte(16, 0), 1, at(16, 0)},
      {"minus", Byte(-16, 0), 1, at(-16, 0)},
      {"minus_with_offset", Byte(-16, 16), 1, at(-16, 16)},
      {"low_then_high", Byte(0, 0).Append(StoreByte(16, 0)), 1,
       either(at(0, 0), at(16, 0))},
      {"high_then_low", Byte(16, 0).Append(StoreByte(0, 16)), 1,
       either(at(16, 0), at(0, 16))},
      {"downwards_exactly", Byte(0, 0), -1, at(0, 0)},
      {"store_downwards", StoreByte(0, 0), -8, at(0, 0)},
      {"far_downwards", StoreByte(0, 0), -(int64_t{1} << 32), at(0, 0)},
      {"too_far_downwards", StoreByte(0, 0), -(int64_t{1} << 33), at(0, 0)},
      {"downwards_minus", Byte(0, 0).Append(StoreByte(-16, 0)), -4,
       either(at(0, 0), at(-16, 0))},
      {"then_lower", Byte(0, 0).Append(StoreByte(-16, 0)), 1,
       either(at(0, 0), at(-16, 0))},
      {"then_lower_with_offset", Byte(0, 0).Append(StoreByte(-16, 16)), 1,
       either(at(0, 0), at(-16, 16))},
      {"then_lower_twice",
       Byte(0, 0).Append(Byte(-16, 0)).Append(StoreByte(-16, 16)), 1,
       either(at(0, 0), either(at(-16, 0), at(-16, 16)))},
      {"far_apart", Byte(0, 0).Append(Byte(int64_t{1} << 33, 0)), 1,
       either(at(0, 0), at(int64_t{1} << 33, 0))},
  };
}

// Counts in memory, makes the access, steps, until the count is used up.
Code Loop(const Access& access) {
  return Code()
      .Block(Opcode::kLoop)
      .I64(kBegun)
      .I64(kBegun)
      .Op(Opcode::kI64Load)
      .I64(1)
      .Op(Opcode::kI64Add)
      .Op(Opcode::kI64Store)
      .Append(access.code)
      .LocalGet(kAddress)
      .I64(access.step)
      .Op(Opcode::kI64Add)
      .LocalSet(kAddress)
      .LocalGet(kCount)
      .I64(1)
      .Op(Opcode::kI64Sub)
      .Op(Opcode::kLocalTee, kCount)
      .I64(0)
      .Op(Opcode::kI64GtS)
      .Op(Opcode::kBrIf, 0)
      .End();
}

class BoundsChecksTest : public testing::TestWithParam<int> {
 protected:
  static constexpr uint64_t kIterations = 40;

  // Calls, and compares how far it came with what the access says.
  void Expect(ObjectRunner& runner, uint32_t function, const Access& access,
              uint64_t address) {
    uint64_t begun = 0;
    bool traps = false;
    while (!traps && begun < kIterations) {
      traps =
          access.traps(address + begun * static_cast<uint64_t>(access.step));
      ++begun;
    }
    auto* const counter = reinterpret_cast<uint64_t*>(runner.memory() + kBegun);
    *counter = 0;
    Value values[2] = {{.i64 = static_cast<int64_t>(address)},
                       {.i64 = kIterations}};
    const CallResult result = runner.Call(function, values);
    EXPECT_EQ(result.ok(), !traps) << access.name << " from " << address;
    EXPECT_EQ(*counter, begun) << access.name << " from " << address;
  }
};

TEST_P(BoundsChecksTest, LoopsTrapInTheRightIteration) {
  ModuleBuilder builder;
  builder.Memory({.min = 4, .is64 = true});
  const std::vector<Access> accesses = Accesses();
  std::vector<uint32_t> functions;
  for (const Access& access : accesses) {
    functions.push_back(
        builder.Function(builder.Type({kI64, kI64}, {}), Loop(access)));
  }
  ObjectRunner runner(builder.Build(), Options{.optimization = GetParam()});
  for (size_t i = 0; i < accesses.size(); ++i) {
    for (uint64_t address :
         {uint64_t{8}, uint64_t{256}, kSize - 60, kSize - 20, kSize - 1, kSize,
          kMemory64Reservation - 20, kMemory64Reservation - 1,
          kMemory64Reservation, kMemory64Reservation + 5, -(kSize / 2),
          ~uint64_t{0} - 200, -uint64_t{16}, -uint64_t{8}, ~uint64_t{0}}) {
      Expect(runner, functions[i], accesses[i], address);
    }
  }
}

// The access is only made in some iterations, the first of them not included.
TEST_P(BoundsChecksTest, AccessesThatAreSkippedDoNotTrap) {
  ModuleBuilder builder;
  builder.Memory({.min = 4, .is64 = true});
  const Access access = {"conditional",
                         Code()
                             .LocalGet(kCount)
                             .I64(3)
                             .Op(Opcode::kI64And)
                             .Op(Opcode::kI64Eqz)
                             .Op(Opcode::kI32Eqz)
                             .Block(Opcode::kIf)
                             .Append(Byte(0, 0))
                             .End(),
                         8, nullptr};
  const uint32_t function =
      builder.Function(builder.Type({kI64, kI64}, {}), Loop(access));
  ObjectRunner runner(builder.Build(), Options{.optimization = GetParam()});
  for (uint64_t start : {kSize - 8, kMemory64Reservation - 8, -uint64_t{8}}) {
    Access expected = access;
    expected.traps = [start](uint64_t address) {
      const uint64_t iteration = (address - start) / 8;
      return (kIterations - iteration) % 4 != 0 && IsOutside(address, 0);
    };
    Expect(runner, function, expected, start);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, BoundsChecksTest, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace slipway::compiler
