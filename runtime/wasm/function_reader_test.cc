#include "runtime/wasm/function_reader.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;
constexpr ValueType kF32 = ValueType::kF32;

// Indices in the module that bodies are tested in.
constexpr uint32_t kNothing = 0;   // () -> ()
constexpr uint32_t kUnary = 1;     // (i32) -> (i32)
constexpr uint32_t kPair = 2;      // (i32) -> (i32, i64)
constexpr uint32_t kCaught = 3;    // () -> (i32, exnref)
constexpr uint32_t kTaking = 4;    // (i32) -> ()
constexpr uint32_t kImported = 0;  // function of type kUnary
constexpr uint32_t kMemory64 = 0;
constexpr uint32_t kMemory32 = 1;
constexpr uint32_t kTable64 = 0;
constexpr uint32_t kTag = 0;  // of type kTaking

ModuleBuilder Environment() {
  ModuleBuilder builder;
  builder.Type({}, {});
  builder.Type({kI32}, {kI32});
  builder.Type({kI32}, {kI32, kI64});
  builder.Type({}, {kI32, ValueType::ExnRef()});
  builder.Type({kI32}, {});
  builder.ImportFunction("env", "f", kUnary);
  builder.ImportGlobal("env", "g", {kI64, false});
  builder.Memory({.min = 1, .max = 9, .shared = true, .is64 = true});
  builder.Memory({.min = 1});
  builder.Table({ValueType::FuncRef(), {.min = 1, .is64 = true}});
  builder.Tag(kTaking);
  builder.PassiveData("data");
  builder.DeclareElements({kImported});
  return builder;
}

// "ok", or the error of a function of this type without its offset.
std::string Check(uint32_t type, const Code& code,
                  std::vector<ValueType> locals = {}) {
  ModuleBuilder builder = Environment();
  const uint32_t function = builder.Function(type, std::move(locals), code);
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  if (!module.ok()) return module.status().ToString();
  absl::Status status = ValidateModule(*module);
  if (status.ok()) status = ValidateFunction(*module, function);
  if (status.ok()) return "ok";
  const std::string message(status.message());
  const std::string text = message.substr(message.find(": ") + 2);
  return IsMalformed(status) ? "malformed: " + text : text;
}

TEST(FunctionReaderTest, SimpleOperatorsAreTypedByTheTable) {
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).I32(1).Op(Opcode::kI32Add)), "ok");
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).I64(1).Op(Opcode::kI32Add)),
            "i32.add: type mismatch: expected i32, found i64");
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).Op(Opcode::kI32Add)),
            "i32.add: type mismatch: expected i32, found an empty stack");
  EXPECT_EQ(
      Check(kUnary, Code().LocalGet(0).LocalGet(0)),
      "end: type mismatch: expected the end of the operands, found 1 more");
  EXPECT_EQ(Check(kUnary, Code()),
            "end: type mismatch: expected i32, found an empty stack");
}

// Feeds every operator that the table types with what its row says.
TEST(FunctionReaderTest, EveryTableTypedOperatorAcceptsItsRow) {
  for (uint32_t i = 0; i < kOpcodeCount; ++i) {
    const auto op = static_cast<Opcode>(i);
    const OpcodeInfo& info = GetOpcodeInfo(op);
    if (info.params.special()) continue;
    Code code;
    for (uint32_t p = 0; p < info.params.size(); ++p) {
      switch (info.params[p]) {
        case 'i':
          code.I32(0);
          break;
        case 'f':
          code.F32(0);
          break;
        case 'd':
          code.F64(0);
          break;
        case 'v':
          code.V128({});
          break;
        case 'e':
          code.RefNull(HeapType::kFunc);
          break;
        default:  // addresses of memory 0 and table 0 are 64 bits wide
          code.I64(0);
      }
    }
    if (op == Opcode::kV128Const) {
      code.V128({});
    } else if (op == Opcode::kI8x16Shuffle) {
      code.Shuffle({});
    } else if (op == Opcode::kF32Const) {
      code.F32(0);
    } else if (op == Opcode::kF64Const) {
      code.F64(0);
    } else {
      code.Op(op);
    }
    if (info.results.size() > 0) code.Op(Opcode::kDrop);
    EXPECT_EQ(Check(kNothing, code), "ok") << info.name;
  }
}

TEST(FunctionReaderTest, AddressesFollowTheMemory) {
  EXPECT_EQ(Check(kNothing, Code()
                                .I64(0)
                                .Op(Opcode::kI32Load, 0, kMemory64)
                                .Op(Opcode::kI32Load8U, 0, kMemory32)
                                .Op(Opcode::kDrop)),
            "ok");
  EXPECT_EQ(Check(kNothing, Code().I32(0).Op(Opcode::kI32Load)),
            "i32.load: type mismatch: expected i64, found i32");
  EXPECT_EQ(Check(kNothing, Code().I64(0).Op(Opcode::kI32Load, 0, 2)),
            "i32.load: unknown memory 2");
  EXPECT_EQ(
      Check(kNothing, Code().I64(0).Op(Opcode::kI32Load, 1ll << 32)),
      "end: type mismatch: expected the end of the operands, found 1 more");
  EXPECT_EQ(
      Check(kNothing, Code().I32(0).Op(Opcode::kI32Load, 1ll << 32, kMemory32)),
      "i32.load: offset out of range: expected at most 4294967295, found "
      "4294967296");
  // The size of a copy between the two is the smaller type.
  EXPECT_EQ(Check(kNothing, Code().I64(0).I32(0).I32(0).Op(
                                Opcode::kMemoryCopy, kMemory64, kMemory32)),
            "ok");
}

TEST(FunctionReaderTest, Alignment) {
  EXPECT_EQ(
      Check(kNothing,
            Code().I64(0).Access(Opcode::kI32Load, 0, 0).Op(Opcode::kDrop)),
      "ok");
  EXPECT_EQ(Check(kNothing, Code().I64(0).Access(Opcode::kI32Load, 3, 0)),
            "i32.load: alignment must not be larger than natural: expected at "
            "most 2^2, found 2^3");
  EXPECT_EQ(Check(kNothing, Code().I64(0).Access(Opcode::kI32AtomicLoad, 1, 0)),
            "i32.atomic.load: atomic alignment must be natural: expected 2^2, "
            "found 2^1");
}

TEST(FunctionReaderTest, Lanes) {
  EXPECT_EQ(
      Check(kNothing, Code().V128({}).Op(Opcode::kI64x2ExtractLane, 2)),
      "i64x2.extract_lane: invalid lane index: expected less than 2, found "
      "2");
  EXPECT_EQ(
      Check(kNothing, Code().V128({}).V128({}).Shuffle({32})),
      "i8x16.shuffle: invalid lane index: expected less than 32, found 32");
  EXPECT_EQ(
      Check(kNothing,
            Code().I64(0).V128({}).Op(Opcode::kV128Load64Lane, 0, 0, 2)),
      "v128.load64_lane: invalid lane index: expected less than 2, found 2");
}

TEST(FunctionReaderTest, BlocksHaveParametersAndResults) {
  EXPECT_EQ(Check(kUnary, Code()
                              .LocalGet(0)
                              .BlockOfType(Opcode::kBlock, kPair)
                              .I64(2)
                              .End()
                              .Op(Opcode::kDrop)),
            "ok");
  EXPECT_EQ(
      Check(kUnary, Code().LocalGet(0).Block(Opcode::kIf, kI32).I32(1).End()),
      "end: type mismatch: expected an else, because the if has type () -> "
      "(i32)");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kElse)),
            "malformed: else without if");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kBr, 1)), "br: unknown label 1");
  // A loop's label takes its parameters, not its results.
  EXPECT_EQ(Check(kUnary, Code()
                              .LocalGet(0)
                              .BlockOfType(Opcode::kLoop, kPair)
                              .Op(Opcode::kBr, 0)
                              .End()
                              .Op(Opcode::kDrop)),
            "ok");
}

TEST(FunctionReaderTest, UnreachableCodeIsPolymorphicButTyped) {
  EXPECT_EQ(Check(kUnary, Code().Op(Opcode::kUnreachable)), "ok");
  EXPECT_EQ(Check(kUnary, Code().Op(Opcode::kUnreachable).Op(Opcode::kI32Add)),
            "ok");
  EXPECT_EQ(
      Check(kUnary, Code().Op(Opcode::kUnreachable).F32(1).Op(Opcode::kI32Add)),
      "i32.add: type mismatch: expected i32, found f32");
  EXPECT_EQ(Check(kUnary, Code()
                              .Op(Opcode::kUnreachable)
                              .Op(Opcode::kSelect)
                              .Op(Opcode::kDrop)
                              .Op(Opcode::kI64Eqz)),
            "ok");
  EXPECT_EQ(
      Check(kUnary, Code().Op(Opcode::kUnreachable).Op(Opcode::kRefAsNonNull)),
      "end: type mismatch: expected i32, found (ref bottom)");
}

TEST(FunctionReaderTest, BranchTablesAgreeOnArity) {
  EXPECT_EQ(
      Check(kUnary, Code()
                        .Block(Opcode::kBlock)
                        .LocalGet(0)
                        .LocalGet(0)
                        .BrTable({0}, 1)
                        .End()),
      "br_table: type mismatch: expected targets that take (i32), found ()");
}

TEST(FunctionReaderTest, CallsAndTailCalls) {
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).Op(Opcode::kCall, kImported)),
            "ok");
  EXPECT_EQ(
      Check(kUnary, Code().LocalGet(0).Op(Opcode::kReturnCall, kImported)),
      "ok");
  EXPECT_EQ(Check(kNothing, Code().I32(0).Op(Opcode::kReturnCall, kImported)),
            "return_call: type mismatch: expected a callee with results (), "
            "found (i32)");
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).I64(0).Op(Opcode::kCallIndirect,
                                                       kUnary, kTable64)),
            "ok");
  EXPECT_EQ(Check(kUnary, Code().LocalGet(0).I32(0).Op(Opcode::kCallIndirect,
                                                       kUnary, kTable64)),
            "call_indirect: type mismatch: expected i64, found i32");
  EXPECT_EQ(Check(kUnary, Code()
                              .LocalGet(0)
                              .Op(Opcode::kRefFunc, kImported)
                              .Op(Opcode::kReturnCallRef, kUnary)),
            "ok");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kRefFunc, 1).Op(Opcode::kDrop)),
            "ref.func: undeclared function reference 1");
}

TEST(FunctionReaderTest, Exceptions) {
  EXPECT_EQ(
      Check(kUnary, Code()
                        .BlockOfType(Opcode::kBlock, kCaught)
                        .TryTable({{CatchClause::Kind::kCatchRef, kTag, 0}})
                        .I32(1)
                        .Op(Opcode::kThrow, kTag)
                        .End()
                        .Op(Opcode::kUnreachable)
                        .End()
                        .Op(Opcode::kDrop)),
      "ok");
  // The reference is never null.
  EXPECT_EQ(
      Check(kNothing,
            Code()
                .Block(Opcode::kBlock, ValueType::Ref(HeapType::kExn, false))
                .TryTable({{CatchClause::Kind::kCatchAllRef, 0, 0}})
                .End()
                .Op(Opcode::kReturn)
                .End()
                .Op(Opcode::kDrop)),
      "ok");
  EXPECT_EQ(
      Check(kUnary, Code().TryTable({{CatchClause::Kind::kCatchAll, 0, 0}})),
      "try_table: type mismatch: expected a label that takes (), found "
      "(i32)");
  EXPECT_EQ(Check(kNothing, Code().I64(1).Op(Opcode::kThrow, kTag)),
            "throw: type mismatch: expected i32, found i64");
  EXPECT_EQ(Check(kNothing, Code().I32(1).Op(Opcode::kThrowRef)),
            "throw_ref: type mismatch: expected (ref null exn), found i32");
}

TEST(FunctionReaderTest, NonNullableLocalsAreSetBeforeUse) {
  const std::vector<ValueType> locals = {
      ValueType::Ref(HeapType::kFunc, false)};
  EXPECT_EQ(Check(kNothing,
                  Code()
                      .Op(Opcode::kRefFunc, kImported)
                      .LocalSet(0)
                      .LocalGet(0)
                      .Op(Opcode::kDrop),
                  locals),
            "ok");
  EXPECT_EQ(Check(kNothing, Code().LocalGet(0).Op(Opcode::kDrop), locals),
            "local.get: uninitialized local 0");
  // What a block set is forgotten at its end.
  EXPECT_EQ(Check(kNothing,
                  Code()
                      .Block(Opcode::kBlock)
                      .Op(Opcode::kRefFunc, kImported)
                      .LocalSet(0)
                      .End()
                      .LocalGet(0)
                      .Op(Opcode::kDrop),
                  locals),
            "local.get: uninitialized local 0");
}

TEST(FunctionReaderTest, RefusesWhatDoesNotParse) {
  EXPECT_EQ(Check(kNothing, Code().Raw({0x27})),
            "malformed: illegal opcode 0x27");
  EXPECT_EQ(Check(kNothing, Code().Raw({0xfb, 0x00})),
            "malformed: garbage collection operators are not supported");
  EXPECT_EQ(Check(kNothing, Code().End()),
            "malformed: section size mismatch: 1 bytes left over in function "
            "body");
  EXPECT_EQ(Check(kNothing, Code().Block(Opcode::kBlock)),
            "malformed: unexpected end: expected a byte, 0 bytes are left");
  EXPECT_EQ(Check(kNothing, Code().Raw({0x28, 0x80, 0x01, 0x00})),
            "malformed: malformed memop flags: expected less than 0x80, found "
            "0x80");
}

// What the compiler sees.
struct Seen {
  Opcode op;
  bool reachable;
  ValueType type;
  uint32_t depth;   // after the instruction
  uint32_t height;  // after the instruction
};

std::vector<Seen> ReadAll(uint32_t type, const Code& code) {
  ModuleBuilder builder = Environment();
  const uint32_t function = builder.Function(type, {kF32, kF32}, code);
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  EXPECT_TRUE(module.ok()) << module.status();
  FunctionReader reader(*module, function);
  std::vector<Seen> seen;
  Instruction instruction;
  while (reader.Next(instruction)) {
    seen.push_back({instruction.op, instruction.reachable, instruction.type,
                    reader.depth(), reader.height()});
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status();
  return seen;
}

TEST(FunctionReaderTest, TellsTypesOfUntypedOperators) {
  const std::vector<Seen> seen = ReadAll(kNothing, Code()
                                                       .LocalGet(1)
                                                       .LocalGet(0)
                                                       .I32(0)
                                                       .Op(Opcode::kSelect)
                                                       .Op(Opcode::kDrop));
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen[0].type, kF32);
  EXPECT_EQ(seen[3].op, Opcode::kSelect);
  EXPECT_EQ(seen[3].type, kF32);
  EXPECT_EQ(seen[3].height, 1u);
  EXPECT_EQ(seen[4].type, kF32);
  EXPECT_EQ(seen[5].op, Opcode::kEnd);
  EXPECT_EQ(seen[5].depth, 0u);
}

TEST(FunctionReaderTest, TellsWhatIsReachable) {
  const std::vector<Seen> seen = ReadAll(kUnary, Code()
                                                     .LocalGet(0)
                                                     .Block(Opcode::kIf)
                                                     .Op(Opcode::kUnreachable)
                                                     .Block(Opcode::kBlock)
                                                     .Op(Opcode::kNop)
                                                     .End()
                                                     .Op(Opcode::kElse)
                                                     .Op(Opcode::kNop)
                                                     .End()
                                                     .LocalGet(0));
  const std::vector<std::pair<Opcode, bool>> expected = {
      {Opcode::kLocalGet, true},    {Opcode::kIf, true},
      {Opcode::kUnreachable, true}, {Opcode::kBlock, false},
      {Opcode::kNop, false},        {Opcode::kEnd, false},
      {Opcode::kElse, true},        {Opcode::kNop, true},
      {Opcode::kEnd, true},         {Opcode::kLocalGet, true},
      {Opcode::kEnd, true}};
  ASSERT_EQ(seen.size(), expected.size());
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].op, expected[i].first) << i;
    EXPECT_EQ(seen[i].reachable, expected[i].second) << i;
  }
}

}  // namespace
}  // namespace slipway::wasm
