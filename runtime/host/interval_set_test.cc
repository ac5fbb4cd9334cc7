#include "runtime/host/interval_set.h"

#include <map>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

using Ranges = std::map<uint64_t, uint64_t>;

TEST(IntervalSet, MergesWhatTouches) {
  IntervalSet set;
  set.Add(10, 20);
  set.Add(30, 40);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 20}, {30, 40}}));
  set.Add(20, 30);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 40}}));
  set.Add(5, 50);
  EXPECT_EQ(set.ranges(), (Ranges{{5, 50}}));
}

TEST(IntervalSet, RemovingSplits) {
  IntervalSet set;
  set.Add(10, 40);
  set.Add(50, 60);
  set.Remove(20, 30);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 20}, {30, 40}, {50, 60}}));
  set.Remove(15, 55);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 15}, {55, 60}}));
  set.Remove(0, 100);
  EXPECT_TRUE(set.ranges().empty());
}

TEST(IntervalSet, CoversAndIntersects) {
  IntervalSet set;
  set.Add(10, 20);
  EXPECT_TRUE(set.Covers(10, 20));
  EXPECT_FALSE(set.Covers(10, 21));
  EXPECT_FALSE(set.Covers(9, 11));
  EXPECT_FALSE(set.Intersects(0, 10));
  EXPECT_FALSE(set.Intersects(20, 30));
  EXPECT_TRUE(set.Intersects(19, 30));
  EXPECT_TRUE(set.Intersects(0, 100));
}

TEST(IntervalSet, FindsTheHighestGap) {
  IntervalSet set;
  set.Add(10, 20);
  set.Add(30, 40);
  EXPECT_EQ(set.FindGapBelow(50, 1, 10), 40);
  EXPECT_EQ(set.FindGapBelow(49, 1, 10), 20);
  EXPECT_EQ(set.FindGapBelow(45, 1, 9), 21);
  EXPECT_EQ(set.FindGapBelow(35, 1, 10), 20);  // ceiling inside a range
  EXPECT_EQ(set.FindGapBelow(45, 0, 11), std::nullopt);
  EXPECT_EQ(set.FindGapBelow(25, 1, 9), 1);
  EXPECT_EQ(set.FindGapBelow(100, 90, 11), std::nullopt);
}

}  // namespace
}  // namespace slipway::host
