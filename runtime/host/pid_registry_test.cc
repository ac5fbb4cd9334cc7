#include "runtime/host/pid_registry.h"

#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

TEST(PidRegistry, AddsAndRemoves) {
  PidRegistry pids;
  ASSERT_TRUE(pids.valid());
  EXPECT_FALSE(pids.Contains(100));
  EXPECT_TRUE(pids.Add(100));
  EXPECT_TRUE(pids.Add(100));
  EXPECT_TRUE(pids.Contains(100));
  pids.Remove(100);
  EXPECT_FALSE(pids.Contains(100));
}

TEST(PidRegistry, NeverContainsGroupsOrNothing) {
  PidRegistry pids;
  pids.Add(100);
  pids.Remove(100);
  EXPECT_FALSE(pids.Contains(0));
  EXPECT_FALSE(pids.Contains(-1));
  EXPECT_FALSE(pids.Contains(-100));
}

TEST(PidRegistry, SurvivesCollisionsAndFillsUp) {
  PidRegistry pids;
  constexpr int kMany = PidRegistry::kCapacity;
  for (int pid = 1; pid <= kMany; ++pid) ASSERT_TRUE(pids.Add(pid));
  EXPECT_FALSE(pids.Add(kMany + 1));
  pids.Remove(5);
  EXPECT_TRUE(pids.Add(kMany + 1));
  EXPECT_TRUE(pids.Contains(kMany));
  EXPECT_TRUE(pids.Contains(kMany + 1));
}

TEST(PidRegistry, ChildrenShareIt) {
  PidRegistry pids;
  const int child = fork();
  if (child == 0) {
    pids.Add(getpid());
    _exit(0);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  std::set<int> seen;
  pids.ForEach([&](int pid) { seen.insert(pid); });
  EXPECT_EQ(seen, std::set<int>{child});
}

}  // namespace
}  // namespace slipway::host
