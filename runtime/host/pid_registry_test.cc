#include "runtime/host/pid_registry.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

// A process that waits to be killed.
int StartChild() {
  const int child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  return child;
}

void Kill(int pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

TEST(PidRegistry, AddsAndRemoves) {
  PidRegistry pids;
  ASSERT_TRUE(pids.valid());
  const int child = StartChild();
  EXPECT_FALSE(pids.Contains(child));
  EXPECT_TRUE(pids.Add(child));
  EXPECT_TRUE(pids.Add(child));
  EXPECT_TRUE(pids.Contains(child));
  pids.Remove(child);
  EXPECT_FALSE(pids.Contains(child));
  Kill(child);
}

TEST(PidRegistry, NeverContainsGroupsOrNothing) {
  PidRegistry pids;
  pids.Add(getpid());
  EXPECT_TRUE(pids.Contains(getpid()));
  pids.Remove(getpid());
  EXPECT_FALSE(pids.Contains(0));
  EXPECT_FALSE(pids.Contains(-1));
  EXPECT_FALSE(pids.Contains(-getpid()));
}

TEST(PidRegistry, AZombieIsThereUntilItIsReaped) {
  PidRegistry pids;
  const int child = fork();
  if (child == 0) _exit(0);
  pids.Add(child);
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, child, &info, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(pids.Contains(child));
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(pids.Contains(child));
}

// Our parent is no child of ours, and has been there for long.
TEST(PidRegistry, BelievesWhatIsOlderThanItsEntry) {
  PidRegistry pids;
  ASSERT_TRUE(pids.Add(getppid()));
  EXPECT_TRUE(pids.Contains(getppid()));
}

// Of 40,000 pids that nobody has, only so many are ever kept.
TEST(PidRegistry, MakesRoomByForgettingWhatIsGone) {
  PidRegistry pids;
  constexpr int kNobody = 1 << 23;  // above every pid_max
  for (int i = 0; i < 40000; ++i) ASSERT_TRUE(pids.Add(kNobody + i)) << i;
  EXPECT_FALSE(pids.Contains(kNobody));
  ASSERT_TRUE(pids.Add(getpid()));
  std::set<int> seen;
  pids.ForEach([&](int pid) { seen.insert(pid); });
  EXPECT_EQ(seen, std::set<int>{getpid()});
}

TEST(PidRegistry, ChildrenShareIt) {
  PidRegistry pids;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int child = fork();
  if (child == 0) {
    pids.Add(getpid());
    (void)!write(ends[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  std::set<int> seen;
  pids.ForEach([&](int pid) { seen.insert(pid); });
  EXPECT_EQ(seen, std::set<int>{child});
  Kill(child);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace slipway::host
