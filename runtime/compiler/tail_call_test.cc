// Tail calls run in constant stack, whatever the types of caller and callee:
// rings of functions that call each other ten million deep. Across instances
// and to the host: runtime/engine/tail_call_test.cc.

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
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
constexpr ValueType kF32 = ValueType::kF32;
constexpr ValueType kF64 = ValueType::kF64;
constexpr ValueType kV128 = ValueType::kV128;

constexpr int64_t kDepth = 10'000'000;

using Types = std::vector<ValueType>;

Types Repeat(size_t count, ValueType type) { return Types(count, type); }

Types Join(std::initializer_list<Types> parts) {
  Types all;
  for (const Types& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Parameters besides the counter, which is an i64 in front: none, fewer and
// more than the registers, of each kind and of both.
std::vector<Types> Signatures() {
  return {{},
          {kI32},
          Repeat(4, kI64),
          Repeat(5, kI64),
          Repeat(30, kI64),
          Repeat(8, kF64),
          Repeat(9, kF32),
          {kV128, ValueType::FuncRef()},
          Join({Repeat(6, kI32), Repeat(9, kV128), Repeat(2, kF32)})};
}

// A constant of the type that tells by its value which parameter it was.
void PushConstant(Code& code, ValueType type, int position) {
  switch (type.kind()) {
    case ValueType::kI32:
      code.I32(position);
      break;
    case ValueType::kI64:
      code.I64(position);
      break;
    case ValueType::kF32:
      code.F32(static_cast<float>(position));
      break;
    case ValueType::kF64:
      code.F64(position);
      break;
    case ValueType::kV128:
      code.I64(position).Op(Opcode::kI64x2Splat);
      break;
    default:
      code.RefNull(wasm::HeapType::kFunc);
  }
}

// The parameter as an i64, and its position when nothing got lost.
void PushAsInteger(Code& code, ValueType type, uint32_t local) {
  code.LocalGet(local);
  switch (type.kind()) {
    case ValueType::kI32:
      code.Op(Opcode::kI64ExtendI32S);
      break;
    case ValueType::kF32:
      code.Op(Opcode::kI64TruncF32S);
      break;
    case ValueType::kF64:
      code.Op(Opcode::kI64TruncF64S);
      break;
    case ValueType::kV128:
      code.Op(Opcode::kI64x2ExtractLane, 1);
      break;
    case ValueType::kRef:
      code.Op(Opcode::kRefIsNull).Op(Opcode::kDrop).I64(local);
      break;
    default:
      break;
  }
}

enum class Call { kDirect, kIndirect, kRef };

struct Ring {
  std::string name;
  Types results;
  Call call;
};

class TailCallTest : public testing::TestWithParam<std::tuple<Ring, int>> {
 protected:
  // Functions 0..n-1; each checks its parameters, ends the recursion when the
  // counter is 0, and else calls the next with constants and the counter - 1.
  TailCallTest() : signatures_(Signatures()) {
    builder_.Table({.element = ValueType::FuncRef(), .limits = {.min = 1}});
    for (const Types& signature : signatures_) {
      types_.push_back(
          builder_.Type(Join({{kI64}, signature}), ring().results));
    }
    std::vector<uint32_t> functions;
    for (size_t i = 0; i < signatures_.size(); ++i) {
      functions.push_back(builder_.Function(types_[i], Body(i)));
    }
    builder_.DeclareElements(functions);
  }

  const Ring& ring() const { return std::get<0>(GetParam()); }

  Code Body(size_t i) const {
    Code code;
    for (uint32_t p = 0; p < signatures_[i].size(); ++p) {
      PushAsInteger(code, signatures_[i][p], p + 1);
      code.I64(p + 1).Op(Opcode::kI64Ne);
      code.Block(Opcode::kIf).Op(Opcode::kUnreachable).End();
    }
    code.LocalGet(0).Op(Opcode::kI64Eqz).Block(Opcode::kIf);
    for (size_t r = 0; r < ring().results.size(); ++r) {
      PushConstant(code, ring().results[r], static_cast<int>(r) + 42);
    }
    code.Op(Opcode::kReturn).End();
    const size_t next = (i + 1) % signatures_.size();
    code.LocalGet(0).I64(1).Op(Opcode::kI64Sub);
    for (uint32_t p = 0; p < signatures_[next].size(); ++p) {
      PushConstant(code, signatures_[next][p], static_cast<int>(p) + 1);
    }
    AppendCall(code, static_cast<uint32_t>(next));
    return code;
  }

  void AppendCall(Code& code, uint32_t next) const {
    switch (ring().call) {
      case Call::kDirect:
        code.Op(Opcode::kReturnCall, next);
        return;
      case Call::kIndirect:
        code.I32(static_cast<int32_t>(next))
            .Op(Opcode::kReturnCallIndirect, types_[next], 0);
        return;
      case Call::kRef:
        code.Op(Opcode::kRefFunc, next)
            .Op(Opcode::kReturnCallRef, types_[next]);
        return;
    }
  }

  ModuleBuilder builder_;
  const std::vector<Types> signatures_;
  std::vector<uint32_t> types_;
};

TEST_P(TailCallTest, RunsInConstantStack) {
  ObjectRunner runner(builder_.Build(),
                      {.optimization = std::get<1>(GetParam())});
  std::vector<std::optional<uint32_t>> table;
  for (uint32_t i = 0; i < signatures_.size(); ++i) table.push_back(i);
  runner.SetTable(table);
  std::vector<Value> values(8);
  values[0].i64 = kDepth;
  ASSERT_TRUE(runner.Call(0, values).ok());
  for (size_t r = 0; r < ring().results.size(); ++r) {
    const int64_t expected = static_cast<int64_t>(r) + 42;
    if (ring().results[r] == ValueType(kF64)) {
      EXPECT_EQ(values[r].f64, static_cast<double>(expected));
    } else {
      EXPECT_EQ(values[r].i64, expected);
    }
  }
}

// Other calls are not: recursion without end exhausts the stack.
TEST(CallTest, RunawayRecursionDoesNotLoop) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Table({.element = ValueType::FuncRef(), .limits = {.min = 2}});
  builder.Function(type, Code().Op(Opcode::kCall, 0));
  builder.Function(type, Code().I32(1).Op(Opcode::kCallIndirect, type, 0));
  for (int level : {0, 2}) {
    ObjectRunner runner(builder.Build(), {.optimization = level});
    runner.SetTable({0, 1});
    EXPECT_TRUE(runner.Call(0, {}).fault.has_value());
    EXPECT_TRUE(runner.Call(1, {}).fault.has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rings, TailCallTest,
    testing::Combine(
        testing::Values(Ring{"Direct", {kI64}, Call::kDirect},
                        Ring{"DirectVoid", {}, Call::kDirect},
                        Ring{"DirectMulti", {kF64, kV128, kI64}, Call::kDirect},
                        Ring{"Indirect", {kI64}, Call::kIndirect},
                        Ring{"IndirectMulti", {kI64, kF64}, Call::kIndirect},
                        Ring{"Ref", {kV128}, Call::kRef}),
        testing::Values(0, 2)),
    [](const auto& info) {
      return std::get<0>(info.param).name + "O" +
             std::to_string(std::get<1>(info.param));
    });

}  // namespace
}  // namespace slipway::compiler
