#include "runtime/wasm/opcode.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"

namespace slipway::wasm {
namespace {

TEST(OpcodeTest, EncodingsAreDistinctAndFound) {
  std::set<std::pair<int, uint32_t>> seen;
  for (uint32_t i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& info = kOpcodeTable[i];
    EXPECT_TRUE(seen.emplace(info.prefix, info.code).second) << info.name;
    EXPECT_EQ(FindOpcode(info.prefix, info.code), static_cast<Opcode>(i))
        << info.name;
  }
}

TEST(OpcodeTest, NamesAreDistinctButForSelect) {
  std::set<std::string_view> seen;
  for (const OpcodeInfo& info : kOpcodeTable) {
    EXPECT_TRUE(seen.insert(info.name).second || info.name == "select")
        << info.name;
  }
}

TEST(OpcodeTest, SignaturesUseKnownLetters) {
  constexpr std::string_view kLetters = "ilfdvabme";
  for (const OpcodeInfo& info : kOpcodeTable) {
    if (info.params.special()) continue;
    for (uint32_t i = 0; i < info.params.size(); ++i) {
      EXPECT_NE(kLetters.find(info.params[i]), kLetters.npos) << info.name;
    }
    for (uint32_t i = 0; i < info.results.size(); ++i) {
      EXPECT_NE(kLetters.find(info.results[i]), kLetters.npos) << info.name;
    }
  }
}

TEST(OpcodeTest, NothingWhereThereIsNoOperator) {
  EXPECT_EQ(FindOpcode(0, 0x27), std::nullopt);
  EXPECT_EQ(FindOpcode(0xfb, 0), std::nullopt);
  EXPECT_EQ(FindOpcode(0xfc, 0x12), std::nullopt);
  EXPECT_EQ(FindOpcode(0xfd, 0x9a), std::nullopt);
  EXPECT_EQ(FindOpcode(0xfe, ~0u), std::nullopt);
}

}  // namespace
}  // namespace slipway::wasm
