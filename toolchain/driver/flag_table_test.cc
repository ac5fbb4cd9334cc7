#include "toolchain/driver/flag_table.h"

#include <string>

#include "gtest/gtest.h"

namespace slipway::toolchain {
namespace {

TEST(FlagTable, RowsAreReachable) {
  for (const auto* table : {&CompilerFlags(), &LinkerFlags()}) {
    for (const FlagRow& row : *table) {
      const FlagRow* found = FindFlag(*table, row.flag);
      ASSERT_NE(found, nullptr) << row.flag;
      if (row.match == FlagMatch::kPrefix) continue;
      EXPECT_EQ(found, &row) << row.flag << " is hidden by " << found->flag;
    }
  }
}

TEST(FlagTable, EveryRowSaysWhy) {
  for (const auto* table : {&CompilerFlags(), &LinkerFlags()}) {
    for (const FlagRow& row : *table)
      EXPECT_GT(std::string(row.reason).size(), 9u);
  }
}

TEST(FlagTable, DoesNotKnowOrdinaryFlags) {
  for (const char* flag :
       {"-O2", "-g", "-Wall", "-fno-strict-aliasing", "-c"}) {
    EXPECT_EQ(FindFlag(CompilerFlags(), flag), nullptr) << flag;
  }
}

}  // namespace
}  // namespace slipway::toolchain
