#include "toolchain/driver/call_adapters.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::toolchain {
namespace {

using wasm::AsBytes;
using wasm::Code;
using wasm::ExternKind;
using wasm::Module;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;
using Types = std::vector<ValueType>;

constexpr auto kI32 = ValueType::kI32;
constexpr auto kI64 = ValueType::kI64;
constexpr auto kF32 = ValueType::kF32;
constexpr auto kF64 = ValueType::kF64;

// The body that a stub of one type gets for a function of another. Function 0
// is imported, 1 the callee, 2 the stub.
std::string Adapt(const Types& params, const Types& results,
                  const Types& callee_params, const Types& callee_results) {
  ModuleBuilder builder;
  builder.ImportFunction("env", "g", builder.Type({}, {}));
  const Code unreachable = Code().Op(Opcode::kUnreachable);
  const uint32_t callee = builder.Function(
      builder.Type(callee_params, callee_results), unreachable);
  const uint32_t stub =
      builder.Function(builder.Type(params, results), unreachable);
  builder.Export("f", ExternKind::kFunction, callee);
  builder.NameFunction(callee, "f");
  builder.NameFunction(stub, "signature_mismatch:f");
  const absl::StatusOr<std::string> bytes = AdaptCalls(builder.Build());
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  const absl::StatusOr<Module> module = wasm::DecodeModule(AsBytes(*bytes));
  EXPECT_TRUE(module.ok()) << module.status();
  EXPECT_TRUE(wasm::ValidateAll(*module).ok()) << wasm::ValidateAll(*module);
  const wasm::Bytes body = module->bodies[1].bytes;
  return {body.begin(), body.end()};
}

std::string Body(Code code) { return '\0' + code.End().bytes(); }

TEST(CallAdapters, FindsTheNamesInTheMessages) {
  EXPECT_EQ(MismatchedFunctions(
                "wasm-ld: warning: function signature mismatch: socket\n"
                ">>> defined as () -> i32 in a.o\n"
                "wasm-ld: warning: function signature mismatch: bind\n"
                "wasm-ld: warning: function signature mismatch: socket\n"),
            (std::vector<std::string>{"bind", "socket"}));
  EXPECT_TRUE(MismatchedFunctions("undefined symbol: f\n").empty());
}

TEST(CallAdapters, PassesZerosForWhatIsMissing) {
  EXPECT_EQ(Adapt({}, {kI32}, {kI32, kI64, kF32, kF64}, {kI32}),
            Body(Code().I32(0).I64(0).F32(0).F64(0).Op(Opcode::kCall, 1)));
}

TEST(CallAdapters, LeavesOutWhatIsTooMuch) {
  EXPECT_EQ(Adapt({kI64, kI64}, {}, {kI64}, {kI64}),
            Body(Code().LocalGet(0).Op(Opcode::kCall, 1).Op(Opcode::kDrop)));
}

TEST(CallAdapters, ConvertsAsRegistersDo) {
  EXPECT_EQ(Adapt({kI32, kI64}, {kI64}, {kI64, kI32}, {kI32}),
            Body(Code()
                     .LocalGet(0)
                     .Op(Opcode::kI64ExtendI32U)
                     .LocalGet(1)
                     .Op(Opcode::kI32WrapI64)
                     .Op(Opcode::kCall, 1)
                     .Op(Opcode::kI64ExtendI32U)));
  EXPECT_EQ(Adapt({kF64}, {kF64}, {kF32}, {kF32}),
            Body(Code()
                     .LocalGet(0)
                     .Op(Opcode::kI64ReinterpretF64)
                     .Op(Opcode::kI32WrapI64)
                     .Op(Opcode::kF32ReinterpretI32)
                     .Op(Opcode::kCall, 1)
                     .Op(Opcode::kI32ReinterpretF32)
                     .Op(Opcode::kI64ExtendI32U)
                     .Op(Opcode::kF64ReinterpretI64)));
}

TEST(CallAdapters, CountsIntegersAndFloatsApart) {
  EXPECT_EQ(
      Adapt({kI64, kF64, kI64}, {}, {kF64, kI64, kI64}, {}),
      Body(Code().LocalGet(1).LocalGet(0).LocalGet(2).Op(Opcode::kCall, 1)));
}

TEST(CallAdapters, ResultsOfTheOtherClassAreZero) {
  EXPECT_EQ(Adapt({}, {kI32}, {}, {kF64}),
            Body(Code().Op(Opcode::kCall, 1).Op(Opcode::kDrop).I32(0)));
  EXPECT_EQ(Adapt({}, {kF32}, {}, {}),
            Body(Code().Op(Opcode::kCall, 1).F32(0)));
}

TEST(CallAdapters, LeavesVectorsAlone) {
  EXPECT_EQ(Adapt({ValueType::kV128}, {}, {}, {}),
            Body(Code().Op(Opcode::kUnreachable)));
}

TEST(CallAdapters, RefusesWhatIsNoModule) {
  EXPECT_FALSE(AdaptCalls("not wasm").ok());
}

}  // namespace
}  // namespace slipway::toolchain
