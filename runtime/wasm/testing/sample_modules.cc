#include "runtime/wasm/testing/sample_modules.h"

#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::wasm {
namespace {

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;
constexpr Limits kMemory64 = {
    .min = 1, .max = 16, .shared = true, .is64 = true};

// Every section.
std::string Sections() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({kI64}, {kI64});
  const uint32_t nothing = builder.Type({}, {});
  builder.ImportFunction("env", "f", unary);
  builder.ImportMemory("env", "memory", kMemory64);
  builder.ImportGlobal("env", "base", {kI64, false});
  builder.ImportTable("env", "table",
                      {ValueType::FuncRef(), {.min = 1, .is64 = true}});
  builder.ImportTag("env", "tag", nothing);
  builder.Memory({.min = 1});
  builder.Table({ValueType::ExternRef(), {.min = 1}});
  builder.Tag(nothing);
  builder.Global({kI64, true},
                 Code().Op(Opcode::kGlobalGet, 0).I64(8).Op(Opcode::kI64Add));
  const uint32_t function = builder.Function(
      unary, {ValueType::kF32, ValueType::kF32, ValueType::kV128},
      Code().LocalGet(0).Op(Opcode::kI64Load, 16));
  builder.Start(builder.Function(nothing, Code().Op(Opcode::kDataDrop, 1)));
  builder.Export("load", ExternKind::kFunction, function);
  builder.Elements(0, Code().Op(Opcode::kGlobalGet, 0), {function});
  builder.Data(1, Code().I32(4), "hello");
  builder.PassiveData("world");
  builder.NameFunction(function, "load_from");
  builder.Custom("producers", std::string(1, '\0'));
  return builder.Build();
}

// Blocks, branches, calls.
std::string Control() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI32}, {kI32});
  const uint32_t pair = builder.Type({kI32}, {kI32, kI32});
  builder.Table({ValueType::FuncRef(), {.min = 2, .max = 2}});
  const uint32_t function =
      builder.Function(type, Code()
                                 .Block(Opcode::kBlock, ValueType::kI32)
                                 .LocalGet(0)
                                 .Block(Opcode::kLoop)
                                 .LocalGet(0)
                                 .Op(Opcode::kBrIf, 0)
                                 .End()
                                 .LocalGet(0)
                                 .BrTable({0, 1}, 0)
                                 .End());
  builder.Function(type, Code()
                             .LocalGet(0)
                             .LocalGet(0)
                             .LocalGet(0)
                             .BlockOfType(Opcode::kIf, pair)
                             .LocalGet(0)
                             .Op(Opcode::kElse)
                             .I32(1)
                             .End()
                             .Op(Opcode::kSelect)
                             .Op(Opcode::kUnreachable)
                             .Op(Opcode::kReturnCall, function));
  builder.Function(type, Code()
                             .LocalGet(0)
                             .LocalGet(0)
                             .Op(Opcode::kCallIndirect, type, 0)
                             .Op(Opcode::kRefFunc, function)
                             .Op(Opcode::kCallRef, type));
  builder.DeclareElements({function});
  return builder.Build();
}

std::string Exceptions() {
  ModuleBuilder builder;
  const uint32_t nothing = builder.Type({}, {});
  const uint32_t payload = builder.Type({kI32}, {});
  const uint32_t caught = builder.Type({}, {kI32, ValueType::ExnRef()});
  const uint32_t tag = builder.Tag(payload);
  builder.Function(nothing,
                   Code()
                       .Block(Opcode::kBlock)
                       .BlockOfType(Opcode::kBlock, caught)
                       .TryTable({{CatchClause::Kind::kCatchRef, tag, 0},
                                  {CatchClause::Kind::kCatchAll, 0, 1}})
                       .I32(7)
                       .Op(Opcode::kThrow, tag)
                       .End()
                       .Op(Opcode::kUnreachable)
                       .End()
                       .Op(Opcode::kThrowRef)
                       .End());
  return builder.Build();
}

std::string LegacyExceptions() {
  ModuleBuilder builder;
  const uint32_t nothing = builder.Type({}, {});
  const uint32_t tag = builder.Tag(builder.Type({kI32}, {}));
  builder.Function(nothing, Code()
                                .Block(Opcode::kTry)
                                .Block(Opcode::kTry)
                                .I32(7)
                                .Op(Opcode::kThrow, tag)
                                .Op(Opcode::kDelegate, 0)
                                .Op(Opcode::kCatch, tag)
                                .Op(Opcode::kDrop)
                                .Op(Opcode::kRethrow, 0)
                                .Op(Opcode::kCatchAll)
                                .End());
  return builder.Build();
}

// Memory accesses of all kinds, vectors and atomics.
std::string Memory() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {});
  builder.Memory(kMemory64);
  builder.Memory({.min = 1});
  builder.PassiveData("abc");
  builder.Function(type, Code()
                             .LocalGet(0)
                             .LocalGet(0)
                             .Op(Opcode::kV128Load, 16)
                             .Op(Opcode::kV128Load8Lane, 4, 0, 15)
                             .V128({1, 2, 3})
                             .Shuffle({0, 31, 2, 29})
                             .Op(Opcode::kI32x4ExtractLane, 3)
                             .Op(Opcode::kDrop)
                             .LocalGet(0)
                             .I64(1)
                             .Op(Opcode::kI64AtomicRmwAdd, 8)
                             .LocalGet(0)
                             .I64(2)
                             .I64(-1)
                             .Op(Opcode::kMemoryAtomicWait64)
                             .Op(Opcode::kAtomicFence)
                             .Op(Opcode::kDrop)
                             .Op(Opcode::kDrop));
  builder.Function(type, Code()
                             .LocalGet(0)
                             .I32(0)
                             .I32(3)
                             .Op(Opcode::kMemoryInit, 0, 0)
                             .LocalGet(0)
                             .I32(0)
                             .I32(3)
                             .Op(Opcode::kMemoryCopy, 0, 1)
                             .I32(0)
                             .I32(1)
                             .F64(0.5)
                             .Op(Opcode::kI32TruncSatF64S)
                             .Op(Opcode::kMemoryFill, 1)
                             .Op(Opcode::kDataDrop, 0));
  return builder.Build();
}

void AppendSubsection(std::string& to, uint8_t id, std::string_view contents) {
  to += static_cast<char>(id);
  AppendSized(to, contents);
}

// Every custom section that the decoder reads, with every subsection.
std::string CustomSections() {
  using namespace std::string_literals;
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {}), Code());
  std::string dylink;
  AppendSubsection(dylink, 1, "\x10\x04\x02\0"s);  // sizes and alignments
  AppendSubsection(dylink, 2, "\1\4libc");         // needed
  AppendSubsection(dylink, 3, "\1\1f\1");          // export flags
  AppendSubsection(dylink, 4, "\1\3env\1g\2");     // import flags
  AppendSubsection(dylink, 5, "\1\7$ORIGIN");      // runtime path
  builder.Custom("dylink.0", dylink);
  builder.Custom("target_features", "\2+\7simd128-\7atomics");
  std::string names;
  AppendSubsection(names, 0, "\6sample");     // of the module
  AppendSubsection(names, 1, "\1\0\4main"s);  // of functions
  builder.Custom("name", names);
  return builder.Build();
}

}  // namespace

std::vector<SampleModule> SampleModules() {
  return {
      {"sections", Sections()},     {"control", Control()},
      {"exceptions", Exceptions()}, {"legacy_exceptions", LegacyExceptions()},
      {"memory", Memory()},         {"custom_sections", CustomSections()}};
}

}  // namespace slipway::wasm
