#include "tests/differential/coverage.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/types.h"

namespace slipway::differential {
namespace {

using wasm::Code;
using wasm::Opcode;
using enum wasm::Opcode;

Code& Mark(Code& code, int mark) {
  return code.I32(0).I32(1).Op(kI32Store8, mark);
}

// (i32.eqz; if (i64.const 1; drop; nop; return) i32.clz), with marks in all
// pieces; the first piece comes before the if, and has none of its own.
std::string TwoWays() {
  wasm::ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Memory({.min = 1, .max = 1});
  Code code;
  code.I32(1).Op(kI32Eqz).Block(kIf);
  Mark(code.I64(1).Op(kDrop).Op(kNop), 0).Op(kReturn).End();
  Mark(code.I32(1).Op(kI32Clz).Op(kDrop), 1);
  builder.Function(type, code);
  return builder.Build();
}

bool Executed(const Coverage& coverage, Opcode op) {
  const std::vector<std::string> missing = coverage.Missing();
  return std::find(missing.begin(), missing.end(), wasm::OpcodeName(op)) ==
         missing.end();
}

TEST(CoverageTest, CountsWhatPrecedesAMarkAndTheJumpAfterIt) {
  Coverage coverage;
  coverage.Add(TwoWays(), "1");
  for (const Opcode op : {kI32Eqz, kIf, kI64Const, kNop, kReturn}) {
    EXPECT_TRUE(Executed(coverage, op)) << wasm::OpcodeName(op);
  }
  EXPECT_FALSE(Executed(coverage, kI32Clz));
}

TEST(CoverageTest, WhoGetsPastABlockEnteredIt) {
  Coverage coverage;
  coverage.Add(TwoWays(), "01");
  for (const Opcode op : {kI32Eqz, kIf, kI32Clz}) {
    EXPECT_TRUE(Executed(coverage, op)) << wasm::OpcodeName(op);
  }
  for (const Opcode op : {kI64Const, kNop, kReturn}) {
    EXPECT_FALSE(Executed(coverage, op)) << wasm::OpcodeName(op);
  }
}

TEST(CoverageTest, NothingWithoutMarks) {
  Coverage coverage;
  coverage.Add(TwoWays(), "");
  EXPECT_EQ(coverage.executed(), 0u);
  EXPECT_EQ(coverage.Missing().size(), wasm::kOpcodeCount);
}

}  // namespace
}  // namespace slipway::differential
