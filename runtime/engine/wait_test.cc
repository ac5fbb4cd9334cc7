// memory.atomic.wait and signals: the hook runs while the thread waits, which
// then goes on waiting unless the hook says otherwise.

#include "runtime/engine/wait.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/engine/exception.h"
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

constexpr int64_t kWord = 64;  // address; its value is 0

// "wait32" and "wait64" (timeout) and "notify" () at kWord.
ModuleBuilder Waiting() {
  ModuleBuilder builder;
  const uint32_t wait = builder.Type({ValueType::kI64}, {ValueType::kI32});
  const uint32_t notify = builder.Type({}, {ValueType::kI32});
  builder.Memory({.min = 1, .max = 1, .shared = true, .is64 = true});
  auto add = [&](std::string_view name, uint32_t type, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(type, code));
  };
  add("wait32", wait,
      Code().I64(kWord).I32(0).LocalGet(0).Op(Opcode::kMemoryAtomicWait32));
  add("wait64", wait,
      Code().I64(kWord).I64(0).LocalGet(0).Op(Opcode::kMemoryAtomicWait64));
  add("notify", notify,
      Code().I64(kWord).I32(1).Op(Opcode::kMemoryAtomicNotify));
  return builder;
}

class WaitTest : public testing::Test {
 protected:
  WaitTest() : instance_(world_.Instantiate(Waiting())) {
    current_ = this;
    struct sigaction action = {};
    action.sa_handler = [](int) { InterruptWait(); };
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigaction(SIGUSR1, &action, nullptr);
  }
  ~WaitTest() override { SetInterruptHook(nullptr); }

  // Calls `function` with `timeout` on a thread of its own, which gets SIGUSR1
  // until `enough` is set.
  CallResult WaitAndInterrupt(const char* function, int64_t timeout) {
    auto thread = Thread::Create(world_.store);
    EXPECT_TRUE(thread.ok());
    CallResult result;
    std::atomic<bool> ended{false};
    std::thread waiter([&, mine = *std::move(thread)]() mutable {
      mine->Attach();
      result = CallOn(*mine, instance_, function, {I64(timeout)});
      if (result.outcome.kind == Outcome::kException) {
        ReleaseException(result.outcome.exception);
      }
      mine.reset();
      ended = true;
      while (!enough_) std::this_thread::yield();
    });
    const pthread_t handle = waiter.native_handle();
    while (!ended && !enough_) {
      pthread_kill(handle, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    enough_ = true;
    waiter.join();
    return result;
  }
  int32_t Notify() { return world_.Call(instance_, "notify").value.i32; }

  static inline WaitTest* current_ = nullptr;

 public:  // for the hooks
  World world_;
  const Instance& instance_;
  std::atomic<int> calls_{0};
  std::atomic<bool> enough_{false};
};

// The waiter keeps its place while the hook runs: it can even wake itself.
TEST_F(WaitTest, GoesOnAfterAnInterrupt) {
  for (const char* function : {"wait32", "wait64"}) {
    calls_ = 0;
    enough_ = false;
    SetInterruptHook([](Thread& thread) {
      if (++current_->calls_ == 3) {
        current_->enough_ = true;
        EXPECT_EQ(CallOn(thread, current_->instance_, "notify", {}).value.i32,
                  1);
      }
      return Outcome{};
    });
    const CallResult result = WaitAndInterrupt(function, -1);
    ASSERT_TRUE(result.returned());
    EXPECT_EQ(result.value.i32, 0);
    EXPECT_GE(calls_, 3);
  }
}

TEST_F(WaitTest, TimesOutAlthoughItIsInterrupted) {
  SetInterruptHook([](Thread&) {
    ++current_->calls_;
    return Outcome{};
  });
  const CallResult result = WaitAndInterrupt("wait32", 50'000'000);
  ASSERT_TRUE(result.returned());
  EXPECT_EQ(result.value.i32, 2);
  EXPECT_GE(calls_, 1);
  EXPECT_EQ(Notify(), 0);
}

TEST_F(WaitTest, EndsWhenTheHookExits) {
  SetInterruptHook([](Thread&) {
    current_->enough_ = true;
    return Outcome{.kind = Outcome::kExited, .exit_value = 17};
  });
  const CallResult result = WaitAndInterrupt("wait64", -1);
  ASSERT_EQ(result.outcome.kind, Outcome::kExited);
  EXPECT_EQ(result.outcome.exit_value, 17);
  EXPECT_EQ(Notify(), 0);  // nobody is left in the queue
}

TEST_F(WaitTest, EndsWhenTheHookThrows) {
  SetInterruptHook([](Thread& thread) {
    current_->enough_ = true;
    Outcome outcome{.kind = Outcome::kException,
                    .exception = NewException(thread, nullptr, 0)};
    HoldForEmbedder(outcome.exception);
    return outcome;
  });
  const CallResult result = WaitAndInterrupt("wait32", -1);
  EXPECT_EQ(result.outcome.kind, Outcome::kException);
  EXPECT_EQ(Notify(), 0);
}

// In the child of a fork that the hook made, the waiter is still one, and the
// others are none.
TEST_F(WaitTest, SurvivesAForkInTheHook) {
  SetInterruptHook([](Thread& thread) {
    if (current_->enough_.exchange(true)) return Outcome{};
    PrepareFork(current_->world_.store);
    const pid_t child = fork();
    if (child == 0) {
      AfterForkInChild(current_->world_.store);
      const int32_t woken =
          CallOn(thread, current_->instance_, "notify", {}).value.i32;
      const int32_t again =
          CallOn(thread, current_->instance_, "notify", {}).value.i32;
      _exit(woken == 1 && again == 0 ? 0 : 1);
    }
    AfterForkInParent(current_->world_.store);
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(CallOn(thread, current_->instance_, "notify", {}).value.i32, 1);
    return Outcome{};
  });
  EXPECT_EQ(WaitAndInterrupt("wait32", -1).value.i32, 0);
}

}  // namespace
}  // namespace slipway::engine
