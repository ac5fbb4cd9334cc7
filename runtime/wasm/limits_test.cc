// Every limit is enforced, with its number in the message; what is at the limit
// is accepted.

#include "runtime/wasm/limits.h"

#include <sys/mman.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr std::string_view kHeader("\0asm\1\0\0\0", 8);

// "ok", or the error.
std::string Load(std::string_view bytes) {
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  const absl::Status status =
      module.ok() ? ValidateAll(*module) : module.status();
  if (status.ok()) return "ok";
  EXPECT_TRUE(IsMalformed(status)) << status;
  return std::string(status.message());
}

// A module of one section, a vector with `count` times the same item.
std::string Repeat(char section, std::string_view item, uint32_t count) {
  std::string contents;
  AppendUnsigned(contents, count);
  for (uint32_t i = 0; i < count; ++i) contents += item;
  std::string bytes(kHeader);
  bytes += section;
  AppendSized(bytes, contents);
  return bytes;
}

struct SectionLimit {
  char section;
  std::string_view item;
  std::string_view what;
  uint32_t limit;
};

TEST(LimitsTest, ItemsOfASection) {
  using namespace std::string_view_literals;
  const SectionLimit limits[] = {
      {1, "\x60\0\0"sv, "types", kMaxTypes},
      {2, "\0\0\3\x7f\0"sv, "imports", kMaxImports},
      {3, "\0"sv, "functions", kMaxFunctions},
      {4, "\x70\0\0"sv, "tables", kMaxTables},
      {5, "\0\0"sv, "memories", kMaxMemories},
      {6, "\x7f\0\x41\0\x0b"sv, "globals", kMaxGlobals},
      {7, "\0\0\0"sv, "exports", kMaxExports},
      {9, "\1\0\0"sv, "element segments", kMaxElementSegments},
      {11, "\1\0"sv, "data segments", kMaxDataSegments},
      {13, "\0\0"sv, "tags", kMaxTags},
  };
  for (const SectionLimit& limit : limits) {
    const std::string error =
        Load(Repeat(limit.section, limit.item, limit.limit + 1));
    EXPECT_EQ(error.substr(error.find(": ") + 2),
              TooMany(limit.what, limit.limit + 1, limit.limit));
  }
}

TEST(LimitsTest, AsManyAsAllowed) {
  EXPECT_EQ(Load(Repeat(1, std::string_view("\x60\0\0", 3), kMaxTypes)), "ok");
  EXPECT_EQ(Load(Repeat(5, std::string_view("\0\0", 2), kMaxMemories)), "ok");
}

TEST(LimitsTest, ImportsAndDefinitionsTogether) {
  ModuleBuilder builder;
  for (uint32_t i = 0; i < kMaxMemories; ++i) {
    builder.ImportMemory("env", "m", {.min = 1});
  }
  EXPECT_EQ(Load(builder.Build()), "ok");
  ModuleBuilder defined = builder;
  defined.Memory({.min = 1});
  EXPECT_NE(Load(defined.Build()).find("too many memories: 101, at most 100"),
            std::string::npos);
  builder.ImportMemory("env", "m", {.min = 1});
  EXPECT_NE(Load(builder.Build()).find("too many memories: 101, at most 100"),
            std::string::npos);
}

TEST(LimitsTest, ValuesOfAType) {
  const std::vector<ValueType> most(kMaxParameters, ValueType::kI32);
  std::vector<ValueType> more = most;
  more.push_back(ValueType::kI32);
  ModuleBuilder fits;
  fits.Type(most, most);
  EXPECT_EQ(Load(fits.Build()), "ok");
  ModuleBuilder parameters;
  parameters.Type(more, {});
  EXPECT_EQ(Load(parameters.Build()),
            "offset 0xd: too many parameters: 1001, at most 1000");
  ModuleBuilder results;
  results.Type({}, more);
  EXPECT_EQ(Load(results.Build()),
            "offset 0xe: too many results: 1001, at most 1000");
}

// A function with one parameter.
std::string LoadFunction(std::vector<ValueType> locals, const Code& code) {
  ModuleBuilder builder;
  builder.Function(builder.Type({ValueType::kI32}, {}), std::move(locals),
                   code);
  return Load(builder.Build());
}

TEST(LimitsTest, Locals) {
  EXPECT_EQ(
      LoadFunction(std::vector<ValueType>(kMaxLocals - 1, ValueType::kI32),
                   Code()),
      "ok");
  EXPECT_EQ(
      LoadFunction(std::vector<ValueType>(kMaxLocals, ValueType::kI32), Code()),
      "offset 0x18: too many locals: 50001, at most 50000");
}

// The body is the outermost block.
Code Nested(uint32_t blocks) {
  Code code;
  for (uint32_t i = 1; i < blocks; ++i) code.Block(Opcode::kBlock);
  for (uint32_t i = 1; i < blocks; ++i) code.End();
  return code;
}

TEST(LimitsTest, Nesting) {
  EXPECT_EQ(LoadFunction({}, Nested(kMaxNesting)), "ok");
  const std::string error = LoadFunction({}, Nested(kMaxNesting + 1));
  EXPECT_EQ(error.substr(error.find(": ") + 2),
            "too many nested blocks: 10001, at most 10000");
}

TEST(LimitsTest, BytesOfABody) {
  std::string size;
  AppendUnsigned(size, kMaxBodyBytes + 1);
  EXPECT_EQ(Load(Repeat(10, size, 1)),
            "offset 0xb: function 0: too many bytes of code: 67108865, at most "
            "67108864");
}

TEST(LimitsTest, BytesOfAModule) {
  const size_t size = kMaxModuleBytes + 1;
  void* const memory = mmap(nullptr, size, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  EXPECT_EQ(Load({static_cast<const char*>(memory), size}),
            "offset 0x0: module too large: 4294967296 bytes, at most "
            "4294967295 (the size of a section, and so of all data segments, "
            "has 32 bits)");
  munmap(memory, size);
}

}  // namespace
}  // namespace slipway::wasm
