#include "runtime/wasm/decoder.h"

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/testing/sample_modules.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr std::string_view kHeader("\0asm\1\0\0\0", 8);

// A module of these raw sections.
std::string Raw(std::string_view sections) {
  return std::string(kHeader) + std::string(sections);
}

std::string Error(std::string_view bytes) {
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  if (module.ok()) return "accepted";
  EXPECT_TRUE(IsMalformed(module.status())) << module.status();
  return std::string(module.status().message());
}

TEST(DecoderTest, AcceptsTheEmptyModule) {
  EXPECT_TRUE(DecodeModule(AsBytes(kHeader)).ok());
}

TEST(DecoderTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Error(""),
            "offset 0x0: expected a WebAssembly module, found no magic number "
            "\\0asm");
  EXPECT_EQ(Error(std::string("\0asm\2\0\0\0", 8)),
            "offset 0x4: expected binary version 1, found 2");
  EXPECT_EQ(Error(Raw("\x0e\x01x")),
            "offset 0x8: malformed section id 14: expected 0 to 13");
  EXPECT_EQ(
      Error(Raw("\x01\x05\x01")),
      "offset 0xa: unexpected end: type section of 5 bytes, 1 left in the "
      "file");
  // A type section with a byte too many.
  EXPECT_EQ(Error(Raw(std::string_view("\x01\x02\x00\x00", 4))),
            "offset 0xb: section size mismatch: 1 bytes left over in the type "
            "section");
  // The memory section twice.
  EXPECT_EQ(Error(Raw(std::string_view("\x05\x01\x00\x05\x01\x00", 6))),
            "offset 0xb: unexpected content after last section: memory section "
            "after the memory section");
  // A function without a body.
  EXPECT_EQ(Error(Raw(std::string_view("\x03\x02\x01\x00", 4))),
            "offset 0xc: function and code section have inconsistent lengths: "
            "1 functions, 0 bodies");
  // Two data segments announced, none there.
  EXPECT_EQ(Error(Raw("\x0c\x01\x02")),
            "offset 0xb: data count and data section have inconsistent "
            "lengths: 2 announced, 0 segments");
}

TEST(DecoderTest, RefusesGarbageCollectedTypesByName) {
  // (type (struct))
  EXPECT_EQ(Error(Raw(std::string_view("\x01\x03\x01\x5f\x00", 5))),
            "offset 0xb: garbage collected types are not supported");
}

TEST(DecoderTest, RefusesNamesThatAreNotUtf8) {
  EXPECT_EQ(Error(Raw(std::string_view("\x07\x05\x01\x01\xff\x00\x00", 7))),
            "offset 0xb: malformed UTF-8 encoding");
}

TEST(DecoderTest, DoesNotAllocateForAbsurdCounts) {
  // Four billion types in a section of seven bytes.
  EXPECT_EQ(Error(Raw("\x01\x07\xff\xff\xff\xff\x0f\x60\x60")),
            "offset 0xa: unexpected end: 4294967295 types in 2 bytes");
}

// Every prefix is refused, or is a module that ends between two sections.
TEST(DecoderTest, SurvivesTruncationAtEveryByte) {
  for (const SampleModule& sample : SampleModules()) {
    for (size_t size = 0; size < sample.bytes.size(); ++size) {
      const std::string cut = sample.bytes.substr(0, size);
      const absl::StatusOr<Module> module = DecodeModule(AsBytes(cut));
      if (module.ok()) {
        ValidateAll(*module).IgnoreError();
      } else {
        EXPECT_TRUE(IsMalformed(module.status()));
      }
    }
  }
}

TEST(DecoderTest, SurvivesEveryFlippedBit) {
  for (const SampleModule& sample : SampleModules()) {
    for (size_t bit = 0; bit < 8 * sample.bytes.size(); ++bit) {
      std::string bytes = sample.bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
      if (module.ok()) ValidateAll(*module).IgnoreError();
    }
  }
}

TEST(DecoderTest, ReadsFunctionNames) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.ImportFunction("env", "imported", type);
  builder.Function(type, Code());
  builder.Function(type, Code());
  builder.Export("exported", ExternKind::kFunction, 1);
  builder.NameFunction(0, "named");
  builder.NameFunction(77, "nobody");
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->FunctionName(0), "named");
  EXPECT_EQ(module->FunctionName(1), "exported");
  EXPECT_EQ(module->FunctionName(2), "func[2]");
  ASSERT_NE(module->FindExport("exported", ExternKind::kFunction), nullptr);
  EXPECT_EQ(module->FindExport("exported", ExternKind::kMemory), nullptr);
}

TEST(DecoderTest, IgnoresAMalformedNameSection) {
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {}), Code());
  builder.Custom("name", "\x01\x7f");
  EXPECT_TRUE(DecodeModule(AsBytes(builder.Build())).ok());
}

TEST(DecoderTest, ReadsDylinkAndTargetFeatures) {
  std::string needed("\x01");
  AppendSized(needed, "libm.so");
  std::string dylink("\x01\x04\x10\x04\x02\x00", 6);
  dylink += '\x02';
  AppendSized(dylink, needed);
  dylink += '\x03';
  AppendSized(dylink, "\x01\x01t\x80\x02");
  dylink += '\x04';
  AppendSized(dylink,
              "\x01\x03"
              "env\x01w\x01");
  dylink += '\x05';
  AppendSized(dylink, "\x01\x04/lib");
  std::string features("\x02+");
  AppendSized(features, "atomics");
  features += '-';
  AppendSized(features, "simd128");
  ModuleBuilder builder;
  builder.Custom("dylink.0", dylink);
  builder.Custom("target_features", features);
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  ASSERT_TRUE(module->dylink.has_value());
  EXPECT_EQ(module->dylink->memory_size, 16u);
  EXPECT_EQ(module->dylink->memory_alignment, 4u);
  EXPECT_EQ(module->dylink->table_size, 2u);
  ASSERT_EQ(module->dylink->needed.size(), 1u);
  EXPECT_EQ(module->dylink->needed[0], "libm.so");
  EXPECT_EQ(module->dylink->export_flags.at("t"), Dylink::kThreadLocal);
  EXPECT_EQ(module->dylink->import_flags.at({"env", "w"}), Dylink::kWeak);
  ASSERT_EQ(module->dylink->runtime_path.size(), 1u);
  EXPECT_EQ(module->dylink->runtime_path[0], "/lib");
  ASSERT_EQ(module->target_features.size(), 1u);
  EXPECT_EQ(module->target_features[0], "atomics");
}

// Function 1 branches at the bytes 3 and 8 of its body.
ModuleBuilder Branching() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.ImportFunction("env", "f", type);
  builder.Function(
      type, Code().I32(0).Block(Opcode::kIf).End().I32(0).Op(Opcode::kBrIf, 0));
  return builder;
}

TEST(DecoderTest, ReadsBranchHints) {
  ModuleBuilder builder = Branching();
  builder.Custom("metadata.code.branch_hint",
                 std::string_view("\1\1\2\3\1\0\10\1\1", 9));
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  const size_t body = module->bodies[0].offset;
  ASSERT_EQ(module->branch_hints.size(), 2u);
  ASSERT_NE(module->FindBranchHint(body + 3), nullptr);
  EXPECT_FALSE(module->FindBranchHint(body + 3)->taken);
  ASSERT_NE(module->FindBranchHint(body + 8), nullptr);
  EXPECT_TRUE(module->FindBranchHint(body + 8)->taken);
  EXPECT_EQ(module->FindBranchHint(body + 4), nullptr);
}

TEST(DecoderTest, IgnoresMalformedBranchHints) {
  for (std::string_view hints :
       {std::string_view("\1\0\1\3\1\0", 6),         // an import
        std::string_view("\1\1\1\3\1\2", 6),         // neither 0 nor 1
        std::string_view("\1\1\2\10\1\1\3\1\0", 9),  // out of order
        std::string_view("\1\1\2\3\1\0", 6)}) {
    ModuleBuilder builder = Branching();
    builder.Custom("metadata.code.branch_hint", hints);
    const std::string bytes = builder.Build();
    const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
    ASSERT_TRUE(module.ok()) << module.status();
    EXPECT_TRUE(module->branch_hints.empty());
  }
}

TEST(DecoderTest, RefusesAMalformedDylinkSection) {
  ModuleBuilder builder;
  builder.Custom("dylink.0", "\x01\x7f");
  EXPECT_FALSE(DecodeModule(AsBytes(builder.Build())).ok());
}

TEST(DecoderTest, ReadsCompactImports) {
  // (import "m" "f" (memory 1)) and (import "m" "g" (memory 1)), first with a
  // type each, then with one for both.
  const std::string memory("\x02\x00\x01", 3);
  const std::string empty("\x01m\x00", 3);
  const std::string each =
      empty + "\x7f\x02" + "\x01" + "f" + memory + "\x01" + "g" + memory;
  const std::string both =
      empty + "\x7e" + memory + "\x02\x01" + "f" + "\x01" + "g";
  for (const std::string& group : {each, both}) {
    std::string section("\x02");
    AppendSized(section, "\x02" + group);
    const std::string bytes = Raw(section);
    const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
    ASSERT_TRUE(module.ok()) << module.status();
    ASSERT_EQ(module->imports.size(), 2u);
    EXPECT_EQ(module->imports[1].module, "m");
    EXPECT_EQ(module->imports[1].name, "g");
    EXPECT_EQ(module->imports[1].index, 1u);
    EXPECT_EQ(module->memories[1].limits.min, 1u);
  }
}

TEST(StripCodeTest, KeepsEverythingButCode) {
  for (const SampleModule& sample : SampleModules()) {
    const absl::StatusOr<Module> whole = DecodeModule(AsBytes(sample.bytes));
    ASSERT_TRUE(whole.ok()) << sample.name << whole.status();
    const std::string stripped = StripCode(AsBytes(sample.bytes));
    const absl::StatusOr<Module> shell =
        DecodeModule(AsBytes(stripped), {.code_omitted = true});
    ASSERT_TRUE(shell.ok()) << sample.name << shell.status();
    EXPECT_TRUE(ValidateModule(*shell).ok());
    EXPECT_TRUE(shell->code_omitted);
    EXPECT_TRUE(shell->bodies.empty());
    EXPECT_EQ(shell->functions, whole->functions);
    EXPECT_EQ(shell->types, whole->types);
    EXPECT_EQ(shell->function_names, whole->function_names);
    EXPECT_EQ(shell->data.size(), whole->data.size());
    EXPECT_EQ(shell->custom.size(), whole->custom.size());
    EXPECT_LT(stripped.size(), sample.bytes.size());
    EXPECT_EQ(StripCode(AsBytes(stripped)), stripped);
    // As an ordinary module it lacks bodies.
    EXPECT_FALSE(DecodeModule(AsBytes(stripped)).ok());
  }
}

TEST(StripCodeTest, DropsWhatDescribesCode) {
  ModuleBuilder builder;
  builder.Custom(".debug_info", "describes code");
  builder.Custom("producers", "stays");
  const std::string stripped = StripCode(AsBytes(builder.Build()));
  EXPECT_EQ(stripped.find("describes code"), std::string::npos);
  EXPECT_NE(stripped.find("stays"), std::string::npos);
}

}  // namespace
}  // namespace slipway::wasm
