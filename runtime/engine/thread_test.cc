// Threads: own globals, shared memory, wait and notify, instances that appear
// while threads run, fork.

#include "runtime/engine/thread.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/fork.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr wasm::Limits kShared = {
    .min = 1, .max = 4, .shared = true, .is64 = true};

// A shared memory, a mutable global that the start function sets to 10, and
// functions that work on them.
ModuleBuilder Shared() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t nullary = builder.Type({}, {});
  const uint32_t wait = builder.Type(
      {ValueType::kI64, ValueType::kI32, ValueType::kI64}, {ValueType::kI32});
  const uint32_t notify =
      builder.Type({ValueType::kI64, ValueType::kI32}, {ValueType::kI32});
  builder.Memory(kShared);
  builder.Export("memory", ExternKind::kMemory, 0);
  builder.Global({ValueType::kI64, true}, Code().I64(1));
  builder.Start(
      builder.Function(nullary, Code().I64(10).Op(Opcode::kGlobalSet, 0)));
  auto add = [&](std::string_view name, uint32_t type, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(type, code));
  };
  add("bump", unary,
      Code()
          .Op(Opcode::kGlobalGet, 0)
          .LocalGet(0)
          .Op(Opcode::kI64Add)
          .Op(Opcode::kGlobalSet, 0)
          .Op(Opcode::kGlobalGet, 0));
  add("add", unary, Code().I64(64).LocalGet(0).Op(Opcode::kI64AtomicRmwAdd));
  add("wait", wait,
      Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(
          Opcode::kMemoryAtomicWait32));
  add("notify", notify,
      Code().LocalGet(0).LocalGet(1).Op(Opcode::kMemoryAtomicNotify));
  add("recurse", unary,
      Code()
          .LocalGet(0)
          .I64(1)
          .Op(Opcode::kI64Add)
          .Op(Opcode::kCall, 5)
          .LocalGet(0)
          .Op(Opcode::kI64Rotl));
  return builder;
}

// Runs `body` on a native thread with a Thread of its own.
template <typename Body>
std::thread Spawn(World& world, Body body) {
  auto thread = Thread::Create(world.store);
  EXPECT_TRUE(thread.ok());
  return std::thread([thread = *std::move(thread), body]() mutable {
    thread->Attach();
    body(*thread);
    thread.reset();
  });
}

TEST(ThreadTest, GlobalsArePerThread) {
  World world;
  const Instance& instance = world.Instantiate(Shared());
  EXPECT_EQ(world.Call(instance, "bump", {I64(1)}).value.i64, 11);
  Spawn(world, [&](Thread& thread) {
    EXPECT_EQ(CallOn(thread, instance, "bump", {I64(5)}).value.i64, 15);
  }).join();
  EXPECT_EQ(world.Call(instance, "bump", {I64(1)}).value.i64, 12);
}

TEST(ThreadTest, MemoryIsShared) {
  World world;
  const Instance& instance = world.Instantiate(Shared());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.push_back(Spawn(world, [&](Thread& thread) {
      for (int j = 0; j < 1000; ++j) CallOn(thread, instance, "add", {I64(1)});
    }));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(world.Call(instance, "add", {I64(0)}).value.i64, 4000);
}

TEST(ThreadTest, WaitAndNotify) {
  World world;
  const Instance& instance = world.Instantiate(Shared());
  constexpr int64_t kWord = 128;
  EXPECT_EQ(
      world.Call(instance, "wait", {I64(kWord), I32(1), I64(-1)}).value.i32,
      1);  // not equal
  EXPECT_EQ(
      world.Call(instance, "wait", {I64(kWord), I32(0), I64(1000)}).value.i32,
      2);  // timed out
  std::atomic<int> result{-1};
  std::thread waiter = Spawn(world, [&](Thread& thread) {
    result = CallOn(thread, instance, "wait", {I64(kWord), I32(0), I64(-1)})
                 .value.i32;
  });
  while (world.Call(instance, "notify", {I64(kWord), I32(1)}).value.i32 == 0) {
    std::this_thread::yield();
  }
  waiter.join();
  EXPECT_EQ(result, 0);
  const CallResult unaligned =
      world.Call(instance, "wait", {I64(kWord + 1), I32(0), I64(0)});
  EXPECT_EQ(unaligned.trap(), object::TrapCode::kUnalignedAtomic);
}

TEST(ThreadTest, StackExhaustionOnANativeStack) {
  World world;
  const Instance& instance = world.Instantiate(Shared());
  Spawn(world, [&](Thread& thread) {
    for (int i = 0; i < 2; ++i) {
      const CallResult result = CallOn(thread, instance, "recurse", {I64(0)});
      ASSERT_TRUE(result.trapped());
      EXPECT_EQ(result.trap(), object::TrapCode::kStackExhausted);
    }
  }).join();
}

TEST(ThreadTest, InstancesThatAppearLaterReachRunningThreads) {
  World world;
  std::atomic<const Instance*> instance{nullptr};
  std::thread other = Spawn(world, [&](Thread& thread) {
    while (instance.load() == nullptr) std::this_thread::yield();
    EXPECT_EQ(CallOn(thread, *instance, "bump", {I64(1)}).value.i64, 11);
  });
  instance = &world.Instantiate(Shared());
  other.join();
}

TEST(ThreadTest, HostGlobalsPerThreadAndShared) {
  World world;
  const auto own = world.store.AddThreadGlobal({ValueType::kI64, true}, I64(3));
  ASSERT_TRUE(own.ok());
  const GlobalExtern shared =
      world.store.AddSharedGlobal({ValueType::kI64, true}, I64(4));
  world.thread->Global(*own).i64 = 30;
  world.thread->Global(shared).i64 = 40;
  Spawn(world, [&](Thread& thread) {
    EXPECT_EQ(thread.Global(*own).i64, 3);
    EXPECT_EQ(thread.Global(shared).i64, 40);
  }).join();
}

TEST(ThreadTest, TheForkedChildGoesOnAlone) {
  World world;
  const Instance& instance = world.Instantiate(Shared());
  std::atomic<bool> stop{false};
  std::thread busy = Spawn(world, [&](Thread& thread) {
    while (!stop) CallOn(thread, instance, "add", {I64(1)});
  });
  PrepareFork(world.store);
  const pid_t child = fork();
  if (child == 0) {
    AfterForkInChild(world.store);
    const bool works = world.Call(instance, "bump", {I64(1)}).value.i64 == 11 &&
                       world.Call(instance, "recurse", {I64(0)}).trapped();
    // Threads can be made again, with the same globals.
    bool thread_works = false;
    Spawn(world, [&](Thread& thread) {
      thread_works = CallOn(thread, instance, "bump", {I64(1)}).value.i64 == 11;
    }).join();
    _exit(works && thread_works ? 0 : 1);
  }
  AfterForkInParent(world.store);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  stop = true;
  busy.join();
}

}  // namespace
}  // namespace slipway::engine
