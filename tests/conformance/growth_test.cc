// memory.grow and table.grow in several threads at once, while others read
// sizes and what is there: sizes only increase, every successful growth is one,
// and contents stay.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
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

constexpr int64_t kInitial = 2;  // pages or elements
constexpr int64_t kMaximum = 400;
constexpr int64_t kFailed = -1;

class GrowthTest : public testing::TestWithParam<bool> {
 protected:
  // Addresses are i64 in the functions' types, whatever the memory has.
  Code Address(const Code& value) const {
    Code code = value;
    return GetParam() ? code : code.Op(Opcode::kI32WrapI64);
  }
  Code Extended(const Code& value) const {
    Code code = value;
    return GetParam() ? code : code.Op(Opcode::kI64ExtendI32S);
  }

  int64_t Call(Thread& thread, const Instance& instance,
               std::string_view function, int64_t a = 0, int64_t b = 0) {
    const CallResult result =
        engine::CallOn(thread, instance, function, {I64(a), I64(b)});
    EXPECT_TRUE(result.returned()) << function << " " << a;
    return result.value.i64;
  }

  // Each thread grows by `grow` until it cannot, and tells what it got; the
  // last one instead calls `look` with the size, over and over.
  template <typename Grow, typename Look>
  std::vector<int64_t> GrowTogether(const Instance& instance, Grow grow,
                                    Look look) {
    std::vector<std::vector<int64_t>> got(kThreads);
    std::atomic<int> growing{kThreads - 1};
    RunTogether(world_, kThreads, [&](Thread& thread, int number) {
      if (number == kThreads - 1) {
        int64_t last = 0;
        while (growing > 0) {
          const int64_t size = Call(thread, instance, "size");
          EXPECT_GE(size, last);
          look(thread, last = size);
        }
        return;
      }
      for (int64_t i = 0;; ++i) {
        const int64_t count = 1 + (i + number) % 3;
        const int64_t old = grow(thread, number, count);
        if (old == kFailed && count == 1) break;
        if (old == kFailed) continue;
        for (int64_t each = 0; each < count; ++each) {
          got[number].push_back(old + each);
        }
      }
      --growing;
    });
    std::vector<int64_t> all;
    for (const auto& some : got)
      all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end());
    return all;
  }

  // No growth is lost or given twice, and all there is was given.
  static void ExpectEveryOneOnce(const std::vector<int64_t>& got) {
    ASSERT_EQ(got.size(), size_t{kMaximum - kInitial});
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i], kInitial + static_cast<int64_t>(i));
    }
  }

  World world_;
};

// "size", "grow", "mark" (page, value): writes the value at both ends of a
// page; "read" (page): the sum of what is there.
TEST_P(GrowthTest, OfAMemory) {
  ModuleBuilder builder;
  const uint32_t type =
      builder.Type({ValueType::kI64, ValueType::kI64}, {ValueType::kI64});
  builder.Memory(
      {.min = kInitial, .max = kMaximum, .shared = true, .is64 = GetParam()});
  auto add = [&](std::string_view name, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(type, code));
  };
  const Code page =
      Address(Code().LocalGet(0).I64(wasm::kPageSize).Op(Opcode::kI64Mul));
  constexpr uint64_t kEnd = wasm::kPageSize - 8;
  add("size", Extended(Code().Op(Opcode::kMemorySize)));
  add("grow", Extended(Address(Code().LocalGet(0)).Op(Opcode::kMemoryGrow)));
  add("mark", Code()
                  .Append(page)
                  .LocalGet(1)
                  .Op(Opcode::kI64Store)
                  .Append(page)
                  .LocalGet(1)
                  .Op(Opcode::kI64Store, kEnd)
                  .I64(0));
  add("read", Code()
                  .Append(page)
                  .Op(Opcode::kI64Load)
                  .Append(page)
                  .Op(Opcode::kI64Load, kEnd)
                  .Op(Opcode::kI64Add));
  const Instance& instance = world_.Instantiate(builder);
  Call(*world_.thread, instance, "mark", 0, 50);

  const std::vector<int64_t> got = GrowTogether(
      instance,
      [&](Thread& thread, int number, int64_t count) {
        const int64_t old = Call(thread, instance, "grow", count);
        for (int64_t i = 0; old != kFailed && i < count; ++i) {
          EXPECT_EQ(Call(thread, instance, "read", old + i), 0);
          Call(thread, instance, "mark", old + i, old + i);
        }
        return old;
      },
      [&](Thread& thread, int64_t size) {
        // What the size covers can be accessed.
        Call(thread, instance, "read", size - 1);
        EXPECT_EQ(Call(thread, instance, "read", 0), 100);
      });
  ExpectEveryOneOnce(got);
  EXPECT_EQ(Call(*world_.thread, instance, "size"), kMaximum);
  for (int64_t i : got) {
    EXPECT_EQ(Call(*world_.thread, instance, "read", i), 2 * i);
  }
  EXPECT_TRUE(
      engine::CallOn(*world_.thread, instance, "read", {I64(kMaximum), I64(0)})
          .trapped());
}

// "grow" (delta, which): by the function that answers 10 or 20; "call" (index).
TEST_P(GrowthTest, OfATable) {
  ModuleBuilder builder;
  const uint32_t type =
      builder.Type({ValueType::kI64, ValueType::kI64}, {ValueType::kI64});
  const uint32_t answer = builder.Type({}, {ValueType::kI64});
  builder.Table({ValueType::FuncRef(),
                 {.min = kInitial, .max = kMaximum, .is64 = GetParam()}});
  const uint32_t ten = builder.Function(answer, Code().I64(10));
  const uint32_t twenty = builder.Function(answer, Code().I64(20));
  const Code start = GetParam() ? Code().I64(0) : Code().I32(0);
  builder.Elements(0, start, {ten, twenty});
  auto add = [&](std::string_view name, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(type, code));
  };
  add("size", Extended(Code().Op(Opcode::kTableSize)));
  add("grow", Extended(Code()
                           .Op(Opcode::kRefFunc, ten)
                           .Op(Opcode::kRefFunc, twenty)
                           .LocalGet(1)
                           .Op(Opcode::kI64Eqz)
                           .SelectTyped(ValueType::FuncRef())
                           .Append(Address(Code().LocalGet(0)))
                           .Op(Opcode::kTableGrow)));
  add("call", Address(Code().LocalGet(0)).Op(Opcode::kCallIndirect, answer));
  const Instance& instance = world_.Instantiate(builder);

  const std::vector<int64_t> got = GrowTogether(
      instance,
      [&](Thread& thread, int number, int64_t count) {
        const bool ten_it_is = number % 2 == 0;
        const int64_t old =
            Call(thread, instance, "grow", count, ten_it_is ? 0 : 1);
        for (int64_t i = 0; old != kFailed && i < count; ++i) {
          EXPECT_EQ(Call(thread, instance, "call", old + i),
                    ten_it_is ? 10 : 20);
        }
        return old;
      },
      [&](Thread& thread, int64_t size) {
        EXPECT_EQ(Call(thread, instance, "call", size - 1) % 10, 0);
        EXPECT_EQ(Call(thread, instance, "call", 0), 10);
        EXPECT_EQ(Call(thread, instance, "call", 1), 20);
      });
  ExpectEveryOneOnce(got);
  EXPECT_EQ(Call(*world_.thread, instance, "size"), kMaximum);
}

INSTANTIATE_TEST_SUITE_P(Widths, GrowthTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "addresses64" : "addresses32";
                         });

}  // namespace
}  // namespace slipway::conformance
