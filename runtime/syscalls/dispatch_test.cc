#include "runtime/syscalls/dispatch.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "runtime/engine/thread.h"
#include "runtime/host/interruptible.h"
#include "runtime/syscalls/call_testing.h"

namespace slipway::sys {
namespace {

class DispatchTest : public CallTest {
 protected:
  DispatchTest() {
    Boot();
    auto engine = engine::Thread::Create(store_);
    EXPECT_TRUE(engine.ok());
    engine_ = *std::move(engine);
    engine_->Attach();
    thread_.engine = engine_.get();
    EXPECT_TRUE(threads_.AdoptMain(thread_).ok());
  }

  template <typename... Args>
  int64_t Call(const char* name, Args... values) {
    const Row* row = FindRow(name);
    EXPECT_NE(row, nullptr) << name;
    EXPECT_EQ(row->argc, sizeof...(values)) << name;
    const int64_t arguments[sizeof...(values) + 1] = {
        static_cast<int64_t>(values)...};
    return Dispatch(*row, *process_, arguments);
  }

  std::unique_ptr<engine::Thread> engine_;
};

TEST_F(DispatchTest, AnswersValuesAndNegativeErrnos) {
  EXPECT_EQ(Call("getpid"), ::getpid());
  EXPECT_EQ(Call("close", -1), -EBADF);
  EXPECT_EQ(Call("gettid"), thread_.tid);
  EXPECT_FALSE(engine_->in_host());
}

TEST_F(DispatchTest, NarrowArgumentsTakeTheLowHalf) {
  constexpr int64_t kHigh = int64_t{1} << 32;
  EXPECT_EQ(Call("close", kHigh | 0xffffffff), -EBADF);
  EXPECT_EQ(Call("getpgid", kHigh), ::getpgrp());
}

TEST_F(DispatchTest, RefusedRowsAnswerTheirErrno) {
  EXPECT_EQ(Call("ptrace", 0, 0, 0, 0), -EPERM);
  EXPECT_EQ(Call("io_uring_setup", 0, 0), -ENOSYS);
}

TEST_F(DispatchTest, RightsAreCheckedBeforeTheHandler) {
  policy_.rights.Remove(sandbox::Right::process);
  EXPECT_EQ(Call("setsid"), -EPERM);
  ASSERT_EQ(denials_.size(), 1u);
  EXPECT_EQ(denials_[0].first, "setsid");
  EXPECT_EQ(denials_[0].second, "--allow process");
  EXPECT_EQ(Call("getpid"), ::getpid());
}

TEST_F(DispatchTest, IgnoredSignalsDoNotStayPending) {
  siginfo_t info = {};
  info.si_signo = SIGURG;
  thread_.signals.pending = info;
  ASSERT_TRUE(signals_.Set(SIGURG, {.handler = 1}).ok());
  host::signal_pending.store(1);
  EXPECT_EQ(Call("getpid"), ::getpid());
  EXPECT_EQ(host::signal_pending.load(), 0u);
}

TEST(Rows, AreUniqueAndComplete) {
  std::set<std::string> names;
  for (const Row& row : Rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.apply == nullptr, row.refusal != 0) << row.name;
    EXPECT_NE(row.entry, row.traced_entry);
    if (row.apply == nullptr) EXPECT_STRNE(row.reason, "") << row.name;
  }
  EXPECT_TRUE(FindRow("poll")->never_restarts);
  EXPECT_FALSE(FindRow("read")->never_restarts);
  EXPECT_EQ(FindRow("thread_spawn")->argc, 7);
  EXPECT_EQ(FindRow("nonsense"), nullptr);
}

wasm::Module Importing(const char* name, size_t parameters) {
  wasm::Module module;
  wasm::FuncType type;
  type.params.assign(parameters, wasm::ValueType::kI64);
  type.results = {wasm::ValueType::kI64};
  module.types.push_back(type);
  module.functions.push_back(0);
  module.imported_functions = 1;
  module.imports.push_back({.module = "posix1",
                            .name = name,
                            .kind = wasm::ExternKind::kFunction,
                            .index = 0});
  return module;
}

TEST_F(DispatchTest, DefinesWhatTheModuleImportsAndNothingElse) {
  engine::Linker linker(store_);
  ASSERT_TRUE(DefineImports(linker, Importing("read", 3), *process_).ok());
  EXPECT_NE(linker.Find("posix1", "read"), nullptr);
  EXPECT_EQ(linker.Find("posix1", "write"), nullptr);
}

TEST_F(DispatchTest, ImportsThatNoRowHasAreNamed) {
  engine::Linker linker(store_);
  const absl::Status unknown =
      DefineImports(linker, Importing("frobnicate", 1), *process_);
  EXPECT_EQ(unknown.message(),
            "unlinkable: there is no call posix1.frobnicate");
  EXPECT_FALSE(DefineImports(linker, Importing("read", 2), *process_).ok());
}

}  // namespace
}  // namespace slipway::sys
