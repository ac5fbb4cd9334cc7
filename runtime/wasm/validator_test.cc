// Rules outside function bodies. Bodies: function_reader_test.cc.

#include "runtime/wasm/validator.h"

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::wasm {
namespace {

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;
constexpr uint64_t kMaxPages64 = uint64_t{1} << 48;

// "ok", or the error of a module that decodes but is invalid.
std::string ValidateAt(const ModuleBuilder& builder) {
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  if (!module.ok()) return module.status().ToString();
  const absl::Status status = ValidateAll(*module);
  if (status.ok()) return "ok";
  EXPECT_FALSE(IsMalformed(status)) << status;
  return std::string(status.message());
}

// The same without its offset.
std::string Validate(const ModuleBuilder& builder) {
  const std::string error = ValidateAt(builder);
  return error == "ok" ? error : error.substr(error.find(": ") + 2);
}

std::string ValidateMemoryLimits(const Limits& limits) {
  ModuleBuilder builder;
  builder.Memory(limits);
  return Validate(builder);
}

TEST(ValidatorTest, MemoryLimits) {
  EXPECT_EQ(ValidateMemoryLimits({.min = 0, .max = 65536}), "ok");
  EXPECT_EQ(ValidateMemoryLimits({.min = 65537}),
            "memory 0: size must be at most 65536, found 65537");
  EXPECT_EQ(ValidateMemoryLimits({.max = 65537}),
            "memory 0: size must be at most 65536, found 65537");
  EXPECT_EQ(ValidateMemoryLimits({.max = kMaxPages64, .is64 = true}), "ok");
  EXPECT_EQ(ValidateMemoryLimits({.max = kMaxPages64 + 1, .is64 = true}),
            "memory 0: size must be at most 281474976710656, found "
            "281474976710657");
  EXPECT_EQ(
      ValidateMemoryLimits({.min = 2, .max = 1}),
      "memory 0: size minimum must not be greater than maximum: found 2 and "
      "1");
  EXPECT_EQ(ValidateMemoryLimits({.min = 1, .shared = true}),
            "memory 0: shared memory must have maximum");
}

TEST(ValidatorTest, TableLimits) {
  constexpr uint64_t kTooMany = uint64_t{1} << 32;
  ModuleBuilder small;
  small.Table({ValueType::FuncRef(), {.min = kTooMany}});
  EXPECT_EQ(Validate(small),
            "table 0: size must be at most 4294967295, found 4294967296");
  ModuleBuilder large;
  large.Table({ValueType::FuncRef(), {.min = kTooMany, .is64 = true}});
  EXPECT_EQ(Validate(large), "ok");
}

TEST(ValidatorTest, NonNullableTableNeedsAnInitializer) {
  ModuleBuilder builder;
  builder.Table({ValueType::Ref(HeapType::kFunc, false), {.min = 1}});
  EXPECT_EQ(
      Validate(builder),
      "table 0: type mismatch: expected an initializer, because (ref func) "
      "is not nullable");
}

TEST(ValidatorTest, ExportsAreUniqueAndExist) {
  ModuleBuilder builder;
  builder.Memory({.min = 1});
  builder.Export("a", ExternKind::kMemory, 0);
  EXPECT_EQ(Validate(builder), "ok");
  ModuleBuilder twice = builder;
  twice.Export("a", ExternKind::kMemory, 0);
  EXPECT_EQ(Validate(twice), "export \"a\": duplicate export name");
  ModuleBuilder missing = builder;
  missing.Export("b", ExternKind::kGlobal, 0);
  EXPECT_EQ(Validate(missing), "export \"b\": unknown global 0");
}

TEST(ValidatorTest, StartTakesAndReturnsNothing) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI32}, {});
  builder.Start(builder.Function(type, Code()));
  EXPECT_EQ(Validate(builder),
            "start function: expected type () -> (), found (i32) -> ()");
}

TEST(ValidatorTest, TagsHaveNoResults) {
  ModuleBuilder builder;
  builder.Tag(builder.Type({}, {kI32}));
  EXPECT_EQ(Validate(builder),
            "tag 0: non-empty tag result type: expected no results, found type "
            "() -> (i32)");
}

TEST(ValidatorTest, TypesReferBackwards) {
  const ValueType to_self = ValueType::Ref(HeapType::Index(0), true);
  const ValueType forward = ValueType::Ref(HeapType::Index(1), true);
  ModuleBuilder recursive;
  recursive.Type({to_self}, {});
  EXPECT_EQ(Validate(recursive), "ok");
  ModuleBuilder ahead;
  ahead.Type({forward}, {});
  ahead.Type({}, {});
  EXPECT_EQ(Validate(ahead), "type 0: unknown type (ref null 1)");
}

// Those that are no index of any module are found out by the decoder.
TEST(ValidatorTest, LargeTypeIndicesAreUnknown) {
  const std::string_view bytes(
      "\0asm\1\0\0\0\1\x0a\1\x60\1\x63\xff\xff\xff\xff\x0f\0", 20);
  const absl::Status status = DecodeModule(AsBytes(bytes)).status();
  EXPECT_EQ(status.message(), "offset 0xe: unknown type 4294967295");
  EXPECT_FALSE(IsMalformed(status));
}

std::string ValidateInitializer(ValueType type, const Code& init) {
  ModuleBuilder builder;
  const uint32_t function = builder.Type({}, {});
  builder.ImportFunction("env", "f", function);
  builder.ImportGlobal("env", "fixed", {kI64, false});
  builder.ImportGlobal("env", "variable", {kI64, true});
  builder.Global({type, false}, init);
  return Validate(builder);
}

TEST(ValidatorTest, ConstantExpressions) {
  EXPECT_EQ(ValidateInitializer(kI32, Code().I32(7)), "ok");
  EXPECT_EQ(ValidateInitializer(kI64, Code()
                                          .Op(Opcode::kGlobalGet, 0)
                                          .I64(8)
                                          .Op(Opcode::kI64Add)
                                          .I64(2)
                                          .Op(Opcode::kI64Mul)),
            "ok");
  EXPECT_EQ(ValidateInitializer(ValueType::Ref(HeapType::Index(0), false),
                                Code().Op(Opcode::kRefFunc, 0)),
            "ok");
  EXPECT_EQ(ValidateInitializer(ValueType::ExternRef(),
                                Code().RefNull(HeapType::kExtern)),
            "ok");
  EXPECT_EQ(ValidateInitializer(kI32, Code().I64(7)),
            "type mismatch: expected i32, found i64");
  EXPECT_EQ(ValidateInitializer(kI32, Code()),
            "type mismatch: expected one value of type i32, found ()");
  EXPECT_EQ(ValidateInitializer(kI64, Code().Op(Opcode::kGlobalGet, 1)),
            "constant expression required, found mutable global 1");
  EXPECT_EQ(ValidateInitializer(kI64, Code().Op(Opcode::kGlobalGet, 2)),
            "unknown global 2");
  EXPECT_EQ(ValidateInitializer(kI32, Code().I32(1).Op(Opcode::kI32Eqz)),
            "constant expression required, found i32.eqz");
}

TEST(ValidatorTest, SegmentOffsetsHaveTheAddressType) {
  ModuleBuilder builder;
  builder.Memory({.min = 1, .is64 = true});
  builder.Memory({.min = 1});
  builder.Data(0, Code().I64(0), "a");
  builder.Data(1, Code().I32(0), "b");
  EXPECT_EQ(Validate(builder), "ok");
  ModuleBuilder wrong = builder;
  wrong.Data(0, Code().I32(0), "c");
  EXPECT_NE(Validate(wrong).find("expected i64, found i32"), std::string::npos);
  ModuleBuilder missing = builder;
  missing.Data(2, Code().I32(0), "c");
  EXPECT_EQ(Validate(missing), "data segment 2: unknown memory 2");
}

TEST(ValidatorTest, ElementsFitTheirTable) {
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {}), Code());
  builder.Table({ValueType::FuncRef(), {.min = 1, .is64 = true}});
  builder.Table({ValueType::ExternRef(), {.min = 1}});
  builder.Elements(0, Code().I64(0), {0});
  EXPECT_EQ(Validate(builder), "ok");
  ModuleBuilder wrong = builder;
  wrong.Elements(1, Code().I32(0), {0});
  EXPECT_EQ(Validate(wrong),
            "element segment 1: type mismatch: expected (ref null extern), "
            "found (ref func)");
  ModuleBuilder missing = builder;
  missing.Elements(0, Code().I64(0), {1});
  EXPECT_EQ(Validate(missing), "element segment 1: unknown function 1");
}

TEST(ValidatorTest, SaysWhere) {
  ModuleBuilder function;
  function.Type({}, {});
  function.Function(7, Code());
  EXPECT_EQ(ValidateAt(function), "offset 0x11: function 0: unknown type 7");
  ModuleBuilder exported;
  exported.Memory({.min = 1});
  exported.Export("memory", ExternKind::kMemory, 0);
  exported.Export("b", ExternKind::kGlobal, 0);
  EXPECT_EQ(ValidateAt(exported),
            "offset 0x19: export \"b\": unknown global 0");
  ModuleBuilder data;
  data.Data(0, Code().I32(0), "a");
  EXPECT_EQ(ValidateAt(data), "offset 0xe: data segment 0: unknown memory 0");
}

}  // namespace
}  // namespace slipway::wasm
