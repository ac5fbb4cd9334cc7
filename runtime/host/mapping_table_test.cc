#include "runtime/host/mapping_table.h"

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

constexpr MappingKind kData{.protection = 3};
constexpr MappingKind kConstant{.protection = 1};
constexpr MappingKind kShared{.origin = 1, .protection = 3, .shared = true};

using Ranges = std::vector<std::pair<uint64_t, uint64_t>>;

Ranges RangesOf(const MappingTable& table) {
  Ranges ranges;
  for (const Mapping& mapping : table.All()) {
    ranges.emplace_back(mapping.begin, mapping.end);
  }
  return ranges;
}

TEST(MappingTable, MergesNeighboursOfOneKind) {
  MappingTable table;
  table.Map(10, 20, kData);
  table.Map(30, 40, kData);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 20}, {30, 40}}));
  table.Map(20, 30, kData);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 40}}));
  table.Map(40, 50, kConstant);
  table.Map(5, 10, kShared);
  EXPECT_EQ(RangesOf(table), (Ranges{{5, 10}, {10, 40}, {40, 50}}));
  table.Map(40, 50, kData);
  EXPECT_EQ(RangesOf(table), (Ranges{{5, 10}, {10, 50}}));
}

TEST(MappingTable, MappingReplaces) {
  MappingTable table;
  table.Map(10, 40, kData);
  table.Map(20, 30, kConstant);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 20}, {20, 30}, {30, 40}}));
  EXPECT_EQ(table.Find(25)->kind, kConstant);
  EXPECT_EQ(table.Find(30)->kind, kData);
  table.Map(0, 50, kShared);
  EXPECT_EQ(RangesOf(table), (Ranges{{0, 50}}));
}

TEST(MappingTable, PartsChangeAndChangeBack) {
  MappingTable table;
  table.Map(10, 40, kData);
  for (const auto [begin, end] :
       Ranges{{20, 30}, {10, 20}, {30, 40}, {10, 40}}) {
    table.Map(begin, end, kConstant);
    EXPECT_EQ(table.Find(begin)->kind, kConstant);
    EXPECT_EQ(table.data_bytes(), 30 - (end - begin));
    EXPECT_TRUE(table.Covers(10, 40));
    table.Map(begin, end, kData);
    EXPECT_EQ(RangesOf(table), (Ranges{{10, 40}}));
    EXPECT_EQ(table.data_bytes(), 30u);
  }
  table.Map(10, 20, kConstant);
  table.Map(30, 40, kConstant);
  table.Map(20, 30, kConstant);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 40}}));
}

TEST(MappingTable, UnmappingSplits) {
  MappingTable table;
  table.Map(10, 40, kData);
  table.Map(50, 60, kData);
  table.Unmap(20, 30);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 20}, {30, 40}, {50, 60}}));
  table.Unmap(15, 55);
  EXPECT_EQ(RangesOf(table), (Ranges{{10, 15}, {55, 60}}));
  table.Unmap(0, 100);
  EXPECT_TRUE(table.All().empty());
}

TEST(MappingTable, CoversAcrossKinds) {
  MappingTable table;
  table.Map(10, 20, kData);
  table.Map(20, 30, kConstant);
  EXPECT_TRUE(table.Covers(10, 30));
  EXPECT_FALSE(table.Covers(10, 31));
  EXPECT_FALSE(table.Covers(9, 11));
  EXPECT_EQ(table.MappedUpTo(15, 40), 30u);
  EXPECT_EQ(table.MappedUpTo(15, 25), 25u);
  EXPECT_EQ(table.MappedUpTo(5, 25), 5u);
  EXPECT_FALSE(table.Intersects(0, 10));
  EXPECT_FALSE(table.Intersects(30, 40));
  EXPECT_TRUE(table.Intersects(29, 40));
  EXPECT_TRUE(table.Intersects(0, 100));
}

TEST(MappingTable, FindsWhatIsThere) {
  MappingTable table;
  table.Map(10, 20, kData);
  EXPECT_FALSE(table.Find(9).has_value());
  EXPECT_EQ(table.Find(10)->end, 20u);
  EXPECT_FALSE(table.Find(20).has_value());
  const std::vector<Mapping> within = table.Within(5, 15);
  ASSERT_EQ(within.size(), 1u);
  EXPECT_EQ(within[0].begin, 10u);
  EXPECT_EQ(within[0].end, 15u);
}

TEST(MappingTable, Counts) {
  MappingTable table;
  table.Map(10, 40, kData);
  table.Map(20, 30, kConstant);
  table.Map(50, 60, kShared);
  EXPECT_EQ(table.bytes(), 40u);
  EXPECT_EQ(table.data_bytes(), 20u);
  table.Unmap(0, 25);
  EXPECT_EQ(table.bytes(), 25u);
  EXPECT_EQ(table.data_bytes(), 10u);
  table.Map(0, 100, {.protection = 3, .stack = true});
  EXPECT_EQ(table.bytes(), 100u);
  EXPECT_EQ(table.data_bytes(), 0u);
}

TEST(MappingTable, FindsTheHighestGap) {
  MappingTable table;
  table.Map(10, 20, kData);
  table.Map(30, 35, kData);
  table.Map(35, 40, kConstant);
  EXPECT_EQ(table.FindGapBelow(50, 1, 10), 40);
  EXPECT_EQ(table.FindGapBelow(49, 1, 10), 20);
  EXPECT_EQ(table.FindGapBelow(45, 1, 9), 21);
  EXPECT_EQ(table.FindGapBelow(35, 1, 10), 20);  // ceiling inside a range
  EXPECT_EQ(table.FindGapBelow(45, 0, 11), std::nullopt);
  EXPECT_EQ(table.FindGapBelow(25, 1, 9), 1);
  EXPECT_EQ(table.FindGapBelow(100, 90, 11), std::nullopt);
}

}  // namespace
}  // namespace slipway::host
