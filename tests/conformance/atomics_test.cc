// Every atomic operator under real threads, on shared memories of both widths.
// The operators come from the opcode table: a row that no test here covers is a
// failure. Each works on a cell of its own, whose other bytes must stay as they
// are.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "tests/conformance/crew.h"

namespace slipway::conformance {
namespace {

using engine::CallResult;
using engine::I32;
using engine::I64;
using engine::Instance;
using engine::Thread;
using engine::World;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr int64_t kRounds = 20000;
constexpr uint64_t kCellSize = 64;
constexpr uint8_t kUntouched = 0xa5;

std::vector<Opcode> AtomicOperators() {
  std::vector<Opcode> found;
  for (uint32_t i = 0; i < wasm::kOpcodeCount; ++i) {
    if (wasm::kOpcodeTable[i].prefix == 0xfe) {
      found.push_back(static_cast<Opcode>(i));
    }
  }
  return found;
}

std::string Name(Opcode op) { return std::string(wasm::OpcodeName(op)); }

std::optional<Opcode> Find(const std::string& name) {
  for (Opcode op : AtomicOperators()) {
    if (Name(op) == name) return op;
  }
  return std::nullopt;
}

std::string Replace(std::string text, std::string_view from,
                    std::string_view to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// "i64.atomic.rmw8.add_u" -> "add"; "load", "store"; otherwise the whole name.
std::string Kind(Opcode op) {
  const std::string name = Name(op);
  for (const char* kind :
       {"add", "sub", "and", "or", "xor", "xchg", "cmpxchg"}) {
    const std::string plain = std::string(".") + kind;
    if (name.find(".rmw") == std::string::npos) continue;
    if (name.ends_with(plain) || name.ends_with(plain + "_u")) return kind;
  }
  if (name.find(".atomic.load") != std::string::npos) return "load";
  if (name.find(".atomic.store") != std::string::npos) return "store";
  return name;
}

uint64_t Size(Opcode op) {
  return uint64_t{1} << wasm::GetOpcodeInfo(op).detail;
}
uint64_t Mask(Opcode op) {
  return Size(op) == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * Size(op))) - 1;
}
uint64_t Cell(Opcode op) { return kCellSize * (1 + static_cast<uint64_t>(op)); }

// What the fence is tested with, beyond the cells.
struct Flags {
  uint64_t flag[2];
  uint64_t seen[2];
};
constexpr uint64_t kFlags = wasm::kPageSize;

// The locals of the functions here.
constexpr uint32_t kAddress = 0;  // of the memory's address type
constexpr uint32_t kOperand = 1;  // i64, as the rest
constexpr uint32_t kCount = 2;
constexpr uint32_t kResult = 3;
constexpr uint32_t kOld = 4;

// An i64 as an operand of the operator, and its result as an i64.
Code Operand(Opcode op, const Code& value) {
  Code code = value;
  if (Name(op).starts_with("i32")) code.Op(Opcode::kI32WrapI64);
  return code;
}
Code Apply(Opcode op) {
  Code code;
  code.Op(op);
  if (wasm::GetOpcodeInfo(op).results.size() == 1 &&
      wasm::GetOpcodeInfo(op).results[0] == 'i') {
    code.Op(Opcode::kI64ExtendI32U);
  }
  return code;
}
Code Get(uint32_t local) { return Code().LocalGet(local); }

// result += value
Code AddToResult(const Code& value) {
  return Code()
      .LocalGet(kResult)
      .Append(value)
      .Op(Opcode::kI64Add)
      .LocalSet(kResult);
}

// Repeats `body` kCount times, then returns `result`.
Code Repeat(const Code& body, const Code& result) {
  return Code()
      .Block(Opcode::kLoop)
      .Append(body)
      .LocalGet(kCount)
      .I64(1)
      .Op(Opcode::kI64Sub)
      .Op(Opcode::kLocalTee, kCount)
      .I64(0)
      .Op(Opcode::kI64Ne)
      .Op(Opcode::kBrIf, 0)
      .End()
      .Append(result);
}

Code Modify(Opcode op, const Code& operand) {
  return Get(kAddress).Append(Operand(op, operand)).Append(Apply(op));
}

// Adds up the old values.
Code CountingLoop(Opcode op) {
  return Repeat(AddToResult(Modify(op, Get(kOperand))), Get(kResult));
}

// Adds up what the thread's own bits were.
Code TogglingLoop(Opcode op) {
  return Repeat(
      AddToResult(
          Modify(op, Get(kOperand)).LocalGet(kOperand).Op(Opcode::kI64And)),
      Get(kResult));
}

// Sets and clears the thread's own bit; counts how often it was not as left.
Code BitLoop(Opcode set, Opcode clear) {
  const Code inverted = Get(kOperand).I64(-1).Op(Opcode::kI64Xor);
  const Code was_set =
      Modify(set, Get(kOperand)).LocalGet(kOperand).Op(Opcode::kI64And);
  const Code was_clear = Modify(clear, inverted)
                             .LocalGet(kOperand)
                             .Op(Opcode::kI64And)
                             .LocalGet(kOperand)
                             .Op(Opcode::kI64Xor);
  return Repeat(
      Code().Append(AddToResult(was_set)).Append(AddToResult(was_clear)),
      Get(kResult));
}

// Swaps a token for the one in memory; returns the last.
Code TokenLoop(Opcode op) {
  return Repeat(Modify(op, Get(kOperand)).LocalSet(kOperand), Get(kOperand));
}

// Increments by compare-and-exchange; the operand is the mask of the width.
Code CompareLoop(Opcode op) {
  const Code next = Get(kResult)
                        .I64(1)
                        .Op(Opcode::kI64Add)
                        .LocalGet(kOperand)
                        .Op(Opcode::kI64And);
  return Repeat(Code()
                    .Block(Opcode::kBlock)
                    .Block(Opcode::kLoop)
                    .LocalGet(kAddress)
                    .Append(Operand(op, Get(kResult)))
                    .Append(Operand(op, next))
                    .Append(Apply(op))
                    .Op(Opcode::kLocalTee, kOld)
                    .LocalGet(kResult)
                    .Op(Opcode::kI64Eq)
                    .Op(Opcode::kBrIf, 1)
                    .LocalGet(kOld)
                    .LocalSet(kResult)
                    .Op(Opcode::kBr, 0)
                    .End()
                    .End()
                    .Append(next)
                    .LocalSet(kResult),
                Get(kResult));
}

// Stores the operand and its complement in turn.
Code StoreLoop(Opcode op) {
  const Code inverted = Get(kOperand).I64(-1).Op(Opcode::kI64Xor);
  return Repeat(Modify(op, Get(kOperand)).Append(Modify(op, inverted)),
                Code().I64(0));
}

// Counts values that are neither the operand nor its complement.
Code LoadLoop(Opcode op) {
  const int64_t mask = static_cast<int64_t>(Mask(op));
  const Code torn = Get(kOld)
                        .I64(0)
                        .Op(Opcode::kI64Ne)
                        .LocalGet(kOld)
                        .I64(mask)
                        .Op(Opcode::kI64Ne)
                        .Op(Opcode::kI32And)
                        .Op(Opcode::kI64ExtendI32U);
  return Repeat(Get(kAddress)
                    .Append(Apply(op))
                    .LocalGet(kOperand)
                    .Op(Opcode::kI64Xor)
                    .I64(mask)
                    .Op(Opcode::kI64And)
                    .LocalSet(kOld)
                    .Append(AddToResult(torn)),
                Get(kResult));
}

// Half of Dekker's algorithm, once per pair of flags: sets the own flag, then
// notes what the other one is. The operand is the distance to the other flag.
Code FenceLoop(bool is64) {
  const auto plus = [is64](const Code& distance) {
    Code sum = Get(kAddress);
    if (!is64) sum.Op(Opcode::kI64ExtendI32U);
    sum.Append(distance).Op(Opcode::kI64Add);
    return is64 ? sum : sum.Op(Opcode::kI32WrapI64);
  };
  return Repeat(Get(kAddress)
                    .I64(1)
                    .Op(Opcode::kI64Store)
                    .Op(Opcode::kAtomicFence)
                    .LocalGet(kAddress)
                    .Append(plus(Get(kOperand)))
                    .Op(Opcode::kI64Load)
                    .Op(Opcode::kI64Store, offsetof(Flags, seen))
                    .Append(plus(Code().I64(sizeof(Flags))))
                    .LocalSet(kAddress),
                Code().I64(0));
}

std::optional<Code> LoopFor(Opcode op, bool is64) {
  const std::string kind = Kind(op);
  if (kind == "add" || kind == "sub") return CountingLoop(op);
  if (kind == "xor") return TogglingLoop(op);
  if (kind == "or") return BitLoop(op, *Find(Replace(Name(op), "or", "and")));
  if (kind == "and") return BitLoop(*Find(Replace(Name(op), "and", "or")), op);
  if (kind == "xchg") return TokenLoop(op);
  if (kind == "cmpxchg") return CompareLoop(op);
  if (kind == "load") return LoadLoop(op);
  if (kind == "store") return StoreLoop(op);
  if (kind == "atomic.fence") return FenceLoop(is64);
  return std::nullopt;  // waiting: wait_test.cc
}

ModuleBuilder Module(bool is64) {
  ModuleBuilder builder;
  const ValueType address = is64 ? ValueType::kI64 : ValueType::kI32;
  const uint32_t type = builder.Type(
      {address, ValueType::kI64, ValueType::kI64}, {ValueType::kI64});
  builder.Memory({.min = 3, .max = 3, .shared = true, .is64 = is64});
  for (Opcode op : AtomicOperators()) {
    if (const std::optional<Code> code = LoopFor(op, is64)) {
      builder.Export(
          Name(op), ExternKind::kFunction,
          builder.Function(type, {ValueType::kI64, ValueType::kI64}, *code));
    }
  }
  return builder;
}

class AtomicsTest : public testing::TestWithParam<bool> {
 protected:
  AtomicsTest() : instance_(world_.Instantiate(Module(GetParam()))) {}

  // Each thread calls the operator's function with operand(number).
  template <typename Make>
  std::array<uint64_t, kThreads> Run(Opcode op, Make operand,
                                     int64_t rounds = kRounds) {
    std::array<uint64_t, kThreads> results{};
    RunTogether(world_, kThreads, [&](Thread& thread, int number) {
      results[number] = Call(thread, op, Cell(op), operand(number), rounds);
    });
    return results;
  }

  uint64_t Call(Thread& thread, Opcode op, uint64_t address, uint64_t operand,
                int64_t rounds) {
    const CallResult result =
        engine::CallOn(thread, instance_, wasm::OpcodeName(op),
                       {GetParam() ? I64(static_cast<int64_t>(address))
                                   : I32(static_cast<int32_t>(address)),
                        I64(static_cast<int64_t>(operand)), I64(rounds)});
    EXPECT_TRUE(result.returned()) << Name(op);
    return static_cast<uint64_t>(result.value.i64);
  }

  uint8_t* At(Opcode op) { return instance_.memory(0).base() + Cell(op); }
  void Prepare(Opcode op) {
    std::memset(At(op), kUntouched, kCellSize);
    std::memset(At(op), 0, Size(op));
  }
  uint64_t Load(Opcode op) {
    uint64_t value = 0;
    std::memcpy(&value, At(op), Size(op));
    return value;
  }
  void ExpectTheRestUntouched(Opcode op) {
    for (uint64_t i = Size(op); i < kCellSize; ++i) {
      EXPECT_EQ(At(op)[i], kUntouched) << Name(op) << " byte " << i;
    }
  }

  void TestCounting(Opcode op, uint64_t step);
  void TestToggling(Opcode op);
  void TestBits(Opcode op);
  void TestTokens(Opcode op);
  void TestCompare(Opcode op);
  void TestTearing(Opcode load);
  void TestFence(Opcode op);

  World world_;
  const Instance& instance_;
};

uint64_t Sum(const std::array<uint64_t, kThreads>& values) {
  uint64_t sum = 0;
  for (uint64_t value : values) sum += value;
  return sum;
}

// The old values are those of a counter, each once.
void AtomicsTest::TestCounting(Opcode op, uint64_t step) {
  const std::array<uint64_t, kThreads> sums =
      Run(op, [](int) { return uint64_t{1}; });
  uint64_t expected_sum = 0;
  uint64_t counter = 0;
  for (int64_t i = 0; i < kThreads * kRounds; ++i) {
    expected_sum += counter;
    counter = (counter + step) & Mask(op);
  }
  EXPECT_EQ(Load(op), counter) << Name(op);
  EXPECT_EQ(Sum(sums), expected_sum) << Name(op);
}

// An own bit is set every other time.
void AtomicsTest::TestToggling(Opcode op) {
  const auto bit = [](int number) { return uint64_t{1} << (2 * number); };
  const std::array<uint64_t, kThreads> sums = Run(op, bit, kRounds + 1);
  uint64_t all = 0;
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_EQ(sums[i], bit(i) * (kRounds / 2)) << Name(op);
    all |= bit(i);
  }
  EXPECT_EQ(Load(op), all) << Name(op);  // an odd number of times
}

void AtomicsTest::TestBits(Opcode op) {
  const std::array<uint64_t, kThreads> errors =
      Run(op, [](int number) { return uint64_t{1} << (2 * number + 1); });
  EXPECT_EQ(Sum(errors), 0u) << Name(op);
  EXPECT_EQ(Load(op), 0u) << Name(op);
}

// Tokens change hands, and none is lost or doubled.
void AtomicsTest::TestTokens(Opcode op) {
  const std::array<uint64_t, kThreads> held =
      Run(op, [](int number) { return uint64_t{1} << number; });
  uint64_t seen = Load(op);
  for (uint64_t token : held) {
    EXPECT_EQ(seen & token, 0u) << Name(op);
    seen |= token;
  }
  EXPECT_EQ(seen, (uint64_t{1} << kThreads) - 1) << Name(op);
}

void AtomicsTest::TestCompare(Opcode op) {
  Run(op, [op](int) { return Mask(op); });
  EXPECT_EQ(Load(op), uint64_t{kThreads * kRounds} & Mask(op)) << Name(op);
}

// Half of the threads store what the others load.
void AtomicsTest::TestTearing(Opcode load) {
  const std::optional<Opcode> store =
      Find(Replace(Replace(Name(load), "load", "store"), "_u", ""));
  ASSERT_TRUE(store) << Name(load);
  RunTogether(world_, kThreads, [&](Thread& thread, int number) {
    EXPECT_EQ(
        Call(thread, number % 2 == 0 ? load : *store, Cell(load), 0, kRounds),
        0u)
        << Name(load);
  });
}

// After both fences at least one of two threads sees the other's flag.
void AtomicsTest::TestFence(Opcode op) {
  constexpr int kPairs = 2000;
  for (int round = 0; round < 10; ++round) {
    auto* flags = reinterpret_cast<Flags*>(instance_.memory(0).base() + kFlags);
    std::memset(flags, 0, kPairs * sizeof(Flags));
    RunTogether(world_, 2, [&](Thread& thread, int number) {
      Call(thread, op, kFlags + sizeof(uint64_t) * number,
           sizeof(uint64_t) * (number == 0 ? 1 : -1), kPairs);
    });
    for (int i = 0; i < kPairs; ++i) {
      ASSERT_NE(flags[i].seen[0] + flags[i].seen[1], 0u) << "pair " << i;
    }
  }
}

TEST_P(AtomicsTest, EveryOperatorIsAtomic) {
  for (Opcode op : AtomicOperators()) {
    const std::string kind = Kind(op);
    Prepare(op);
    if (kind == "add") {
      TestCounting(op, 1);
    } else if (kind == "sub") {
      TestCounting(op, -uint64_t{1});
    } else if (kind == "xor") {
      TestToggling(op);
    } else if (kind == "and" || kind == "or") {
      TestBits(op);
    } else if (kind == "xchg") {
      TestTokens(op);
    } else if (kind == "cmpxchg") {
      TestCompare(op);
    } else if (kind == "load") {
      TestTearing(op);
    } else if (kind == "atomic.fence") {
      TestFence(op);
      continue;
    } else if (kind == "store" || kind.starts_with("memory.atomic.")) {
      continue;  // with the loads; in wait_test.cc
    } else {
      ADD_FAILURE() << "no test for " << Name(op);
    }
    ExpectTheRestUntouched(op);
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, AtomicsTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "memory64" : "memory32";
                         });

}  // namespace
}  // namespace slipway::conformance
