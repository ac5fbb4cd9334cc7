// Each command, once as it should be and once as it must not pass.

#include "tests/spec/executor.h"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/spec/module_loader.h"
#include "tests/spec/script.h"
#include "tests/spec/testing/script_folder.h"

namespace slipway::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ListRecorder : public Recorder {
 public:
  void Begin(const Command&) override {}
  void Passed(const Command& command) override { Add(command, "passed"); }
  void Failed(const Command& command, const std::string& message) override {
    Add(command, "failed: " + message);
  }
  void Skipped(const Command& command, const std::string& reason) override {
    Add(command, "skipped: " + reason);
  }
  const std::vector<std::string>& list() const { return list_; }

 private:
  void Add(const Command& command, const std::string& what) {
    std::lock_guard lock(mutex_);
    list_.push_back(absl::StrCat(command.line, " ", what));
  }
  std::mutex mutex_;
  std::vector<std::string> list_;
};

// The folder and its modules are made once: "main.wasm" and so on.
class ExecutorTest : public testing::Test {
 protected:
  ExecutorTest() {
    folder_.Write("main.wasm", MainModule());
    folder_.Write("invalid.wasm", InvalidModule());
    folder_.Write("malformed.wasm", MalformedModule());
    folder_.Write("trapping.wasm", TrappingModule());
    folder_.Write("unknown.wasm", ImportingModule("nobody", "f"));
    folder_.Write("print.wasm", ImportingModule("spectest", "print"));
    folder_.Write("print_i32.wasm", ImportingModule("spectest", "print_i32"));
    folder_.Write("user.wasm", ImportingModule("lib", "increment"));
    folder_.Write("memory.wasm", SharedMemoryModule());
    folder_.Write("atomic.wasm", AtomicAddModule());
  }

  // "LINE passed", "LINE failed: why", … for each command.
  std::vector<std::string> Run(std::string_view commands) {
    const auto script = ReadScript(folder_.WriteScript(commands));
    EXPECT_TRUE(script.ok()) << script.status();
    compiler::Options options;
    options.optimization = 1;
    options.threads = 1;
    ModuleLoader loader(options, folder_.path());
    ListRecorder recorder;
    const absl::Status status = Executor(loader, recorder).Run(*script);
    EXPECT_TRUE(status.ok()) << status;
    return recorder.list();
  }

  // The verdict on one assertion about main.wasm.
  std::string Assert(std::string_view json) {
    const auto list = Run(
        absl::StrCat(R"({"type": "module", "line": 1, "filename": "main.wasm"},
                        )",
                     absl::string_view(json.data(), json.size())));
    EXPECT_EQ(list.size(), 2u);
    EXPECT_EQ(list.at(0), "1 passed");
    return list.at(1).substr(list.at(1).find(' ') + 1);
  }

  // Of a call without arguments.
  std::string AssertCall(std::string_view type, std::string_view function,
                         std::string_view more) {
    return Assert(absl::StrCat(
        "{\"type\": \"", absl::string_view(type.data(), type.size()),
        R"(", "line": 2, "action": {"type": "invoke", "field": ")",
        absl::string_view(function.data(), function.size()),
        R"(", "args": []}, )", absl::string_view(more.data(), more.size()),
        "}"));
  }

  // Of `function`(a, b), both i32.
  static std::string Call(std::string_view function, int a, int b) {
    return absl::StrCat(R"("action": {"type": "invoke", "field": ")",
                        absl::string_view(function.data(), function.size()),
                        R"(", "args": [{"type": "i32", "value": ")", a,
                        R"("}, {"type": "i32", "value": ")", b, R"("}]})");
  }
  static std::string Call(std::string_view function, int a) {
    return absl::StrCat(R"("action": {"type": "invoke", "field": ")",
                        absl::string_view(function.data(), function.size()),
                        R"(", "args": [{"type": "i32", "value": ")", a,
                        R"("}]})");
  }

  const ScriptFolder folder_{"executor", "executor-suite"};
};

TEST_F(ExecutorTest, AssertReturn) {
  const std::string call =
      R"({"type": "assert_return", "line": 2, )" + Call("add", 1, 2);
  EXPECT_EQ(Assert(call + R"(, "expected": [{"type": "i32", "value": "3"}]})"),
            "passed");
  EXPECT_EQ(Assert(call + R"(, "expected": [{"type": "i32", "value": "4"}]})"),
            "failed: expected [i32:4], but it returned [i32:3]");
  EXPECT_THAT(Assert(call + R"(, "expected": []})"), StartsWith("failed"));
  EXPECT_EQ(Assert(call + R"(, "either": [{"type": "i32", "value": "4"},
                                          {"type": "i32", "value": "3"}]})"),
            "passed");
}

TEST_F(ExecutorTest, AssertReturnOfSeveralResults) {
  EXPECT_EQ(AssertCall("assert_return", "pair",
                       R"("expected": [{"type": "i32", "value": "1"},
                                       {"type": "i64", "value": "2"}])"),
            "passed");
  EXPECT_THAT(AssertCall("assert_return", "pair",
                         R"("expected": [{"type": "i32", "value": "1"},
                                         {"type": "i64", "value": "3"}])"),
              StartsWith("failed"));
}

TEST_F(ExecutorTest, AssertReturnOfNan) {
  EXPECT_EQ(AssertCall("assert_return", "nan", R"("expected":
      [{"type": "f32", "value": "nan:arithmetic"}])"),
            "passed");
  EXPECT_THAT(AssertCall("assert_return", "nan", R"("expected":
      [{"type": "f32", "value": "nan:canonical"}])"),
              StartsWith("failed"));
}

TEST_F(ExecutorTest, AssertReturnThatTrapsFails) {
  EXPECT_THAT(AssertCall("assert_return", "unreachable", R"("expected": [])"),
              HasSubstr("it trapped: unreachable"));
  EXPECT_THAT(AssertCall("assert_return", "throw", R"("expected": [])"),
              HasSubstr("it threw an exception"));
}

TEST_F(ExecutorTest, ReferencesKeepTheirNumber) {
  const std::string call = R"({"type": "assert_return", "line": 2, "action":
      {"type": "invoke", "field": "same", "args": [
          {"type": "externref", "value": "5"}]}, "expected": [)";
  EXPECT_EQ(Assert(call + R"({"type": "externref", "value": "5"}]})"),
            "passed");
  EXPECT_THAT(Assert(call + R"({"type": "externref", "value": "6"}]})"),
              StartsWith("failed"));
}

TEST_F(ExecutorTest, ArgumentsMustFit) {
  EXPECT_THAT(Assert(R"({"type": "assert_return", "line": 2, )" +
                     Call("add", 1) + R"(, "expected": []})"),
              HasSubstr("1 arguments for a function of 2"));
  EXPECT_THAT(AssertCall("assert_return", "nothing", R"("expected": [])"),
              HasSubstr("no exported function 'nothing'"));
}

TEST_F(ExecutorTest, AssertTrapComparesTheTrap) {
  const auto trap = [this](const std::string& call, std::string_view text) {
    return Assert(absl::StrCat(
        R"({"type": "assert_trap", "line": 2, )", call, R"(, "text": ")",
        absl::string_view(text.data(), text.size()), "\"}"));
  };
  EXPECT_EQ(trap(Call("divide", 1, 0), "integer divide by zero"), "passed");
  EXPECT_EQ(trap(Call("divide", 1, 0), "integer overflow"),
            "failed: expected the trap: integer overflow, but it trapped: "
            "integer divide by zero");
  EXPECT_THAT(trap(Call("divide", 4, 2), "integer divide by zero"),
              HasSubstr("it returned [i32:2]"));
  EXPECT_EQ(trap(Call("load", 65536), "out of bounds memory access"), "passed");
  EXPECT_EQ(trap(Call("indirect", 0), "uninitialized element"), "passed");
  EXPECT_EQ(trap(Call("indirect", 1), "indirect call type mismatch"), "passed");
  EXPECT_EQ(trap(Call("indirect", 2), "undefined element"), "passed");
  EXPECT_THAT(trap(Call("indirect", 2), "some new trap"), StartsWith("failed"));
}

TEST_F(ExecutorTest, AssertExhaustion) {
  const char* text = R"("text": "call stack exhausted")";
  EXPECT_EQ(AssertCall("assert_exhaustion", "recurse", text), "passed");
  EXPECT_THAT(AssertCall("assert_exhaustion", "unreachable", text),
              StartsWith("failed"));
}

TEST_F(ExecutorTest, AssertException) {
  EXPECT_EQ(AssertCall("assert_exception", "throw", R"("expected": [])"),
            "passed");
  EXPECT_THAT(
      AssertCall("assert_exception", "unreachable", R"("expected": [])"),
      StartsWith("failed: expected an exception"));
}

TEST_F(ExecutorTest, ActionsAndGlobals) {
  EXPECT_THAT(Run(R"(
        {"type": "module", "line": 1, "name": "$A", "filename": "main.wasm"},
        {"type": "module", "line": 2, "filename": "main.wasm"},
        {"type": "action", "line": 3, "action": {"type": "invoke",
            "module": "$A", "field": "increment", "args": []}},
        {"type": "assert_return", "line": 4, "action": {"type": "get",
            "module": "$A", "field": "count"},
            "expected": [{"type": "i32", "value": "1"}]},
        {"type": "assert_return", "line": 5, "action": {"type": "get",
            "field": "count"}, "expected": [{"type": "i32", "value": "0"}]},
        {"type": "action", "line": 6, "action": {"type": "invoke",
            "field": "unreachable", "args": []}},
        {"type": "action", "line": 7, "action": {"type": "invoke",
            "module": "$B", "field": "increment", "args": []}})"),
              ElementsAre("1 passed", "2 passed", "3 passed", "4 passed",
                          "5 passed", "6 failed: it trapped: unreachable",
                          "7 failed: no instance $B"));
}

TEST_F(ExecutorTest, RejectedModules) {
  const auto rejected = [this](std::string_view type, std::string_view file) {
    return Run(absl::StrCat(
        "{\"type\": \"", absl::string_view(type.data(), type.size()),
        R"(", "line": 1, "text": "x", "module_type": "binary", "filename": ")",
        absl::string_view(file.data(), file.size()), "\"}"));
  };
  EXPECT_THAT(rejected("assert_invalid", "invalid.wasm"),
              ElementsAre("1 passed"));
  EXPECT_THAT(rejected("assert_malformed", "malformed.wasm"),
              ElementsAre("1 passed"));
  EXPECT_THAT(rejected("assert_malformed", "invalid.wasm"),
              ElementsAre(StartsWith("1 failed: the module was rejected as")));
  EXPECT_THAT(rejected("assert_invalid", "malformed.wasm"),
              ElementsAre(StartsWith("1 failed: the module was rejected as")));
  EXPECT_THAT(rejected("assert_invalid", "main.wasm"),
              ElementsAre("1 failed: the module was accepted"));
  EXPECT_THAT(rejected("assert_invalid", "no-such.wasm"),
              ElementsAre(StartsWith("1 failed")));
}

TEST_F(ExecutorTest, TextIsSkipped) {
  EXPECT_THAT(Run(R"({"type": "assert_malformed", "line": 1, "text": "x",
                      "module_type": "text", "filename": "a.wat"},
                     {"type": "module", "line": 2, "module_type": "text",
                      "filename": "a.wat"})"),
              ElementsAre(StartsWith("1 skipped"), StartsWith("2 failed")));
}

TEST_F(ExecutorTest, AModuleThatCannotBeInstantiatedFails) {
  EXPECT_THAT(Run(R"({"type": "module", "line": 1, "filename": "main.wasm"},
             {"type": "module", "line": 2, "filename": "unknown.wasm"},
             {"type": "action", "line": 3, "action": {"type": "invoke",
                 "field": "increment", "args": []}})"),
              ElementsAre("1 passed", HasSubstr("unlinkable"),
                          HasSubstr("no instance")));
}

TEST_F(ExecutorTest, LinkingAndRegistering) {
  const auto unlinkable = [](int line, const char* file, const char* text) {
    return absl::StrCat(R"({"type": "assert_unlinkable", "line": )", line,
                        R"(, "filename": ")", file, R"(", "text": ")", text,
                        R"(", "module_type": "binary"})");
  };
  EXPECT_THAT(Run(absl::StrCat(
                  unlinkable(1, "unknown.wasm", "unknown import"), ",",
                  unlinkable(2, "print_i32.wasm", "incompatible import type"),
                  ",", unlinkable(3, "print_i32.wasm", "unknown import"), ",",
                  unlinkable(4, "print.wasm", "unknown import"), ",",
                  unlinkable(5, "trapping.wasm", "unknown import"), ",",
                  R"({"type": "module", "line": 6, "filename": "main.wasm"},
             {"type": "register", "line": 7, "as": "lib"},
             {"type": "module", "line": 8, "filename": "user.wasm"},
             {"type": "register", "line": 9, "name": "$A", "as": "lib"})")),
              ElementsAre("1 passed", "2 passed", StartsWith("3 failed"),
                          "4 failed: the module was linked",
                          StartsWith("5 failed"), "6 passed", "7 passed",
                          "8 passed", "9 failed: no instance $A"));
}

TEST_F(ExecutorTest, AssertUninstantiable) {
  EXPECT_THAT(Run(R"({"type": "assert_uninstantiable", "line": 1,
              "filename": "trapping.wasm", "text": "unreachable"},
             {"type": "assert_uninstantiable", "line": 2, "filename":
              "trapping.wasm", "text": "out of bounds memory access"},
             {"type": "assert_uninstantiable", "line": 3,
              "filename": "main.wasm", "text": "unreachable"})"),
              ElementsAre("1 passed", StartsWith("2 failed"),
                          "3 failed: the module was instantiated"));
}

TEST_F(ExecutorTest, DefinitionsAreInstantiatedByName) {
  EXPECT_THAT(Run(R"(
        {"type": "module", "line": 1, "definition": "true", "name": "$M",
         "filename": "main.wasm"},
        {"type": "assert_return", "line": 2, "action": {"type": "get",
         "field": "count"}, "expected": []},
        {"type": "module_instance", "line": 3, "instance": "$I",
         "module": "$M"},
        {"type": "module_instance", "line": 4},
        {"type": "action", "line": 5, "action": {"type": "invoke",
         "module": "$I", "field": "increment", "args": []}},
        {"type": "assert_return", "line": 6, "action": {"type": "get",
         "field": "count"}, "expected": [{"type": "i32", "value": "0"}]},
        {"type": "module_instance", "line": 7, "module": "$N"},
        {"type": "module_definition", "line": 8, "filename": "invalid.wasm"})"),
              ElementsAre("1 passed", "2 failed: no instance ", "3 passed",
                          "4 passed", "5 passed", "6 passed",
                          "7 failed: no module $N", StartsWith("8 failed")));
}

TEST_F(ExecutorTest, ThreadsShareAnInstance) {
  const char* thread = R"(, "shared_module": "$M", "commands": [
      {"type": "register", "line": 10, "name": "$M", "as": "shared"},
      {"type": "module", "line": 10, "filename": "atomic.wasm"},
      {"type": "action", "line": 10, "action": {"type": "invoke", "field":
       "add", "args": [{"type": "i32", "value": "1"}]}}]},)";
  const auto list = Run(absl::StrCat(
      R"({"type": "module", "line": 1, "name": "$M",
          "filename": "memory.wasm"},
         {"type": "register", "line": 2, "as": "shared"},
         {"type": "thread", "line": 3, "name": "$A")",
      thread, R"({"type": "thread", "line": 4, "name": "$B")", thread,
      R"({"type": "wait", "line": 5, "thread": "$A"},
         {"type": "wait", "line": 6, "thread": "$B"},
         {"type": "wait", "line": 7, "thread": "$B"},
         {"type": "module", "line": 8, "filename": "atomic.wasm"},
         {"type": "assert_return", "line": 9, "action": {"type": "invoke",
          "field": "add", "args": [{"type": "i32", "value": "1"}]},
          "expected": [{"type": "i32", "value": "2"}]})"));
  EXPECT_EQ(std::count(list.begin(), list.end(), "10 passed"), 6);
  EXPECT_THAT(list, testing::IsSupersetOf({"5 passed", "6 passed",
                                           "7 failed: no thread $B", "8 passed",
                                           "9 passed"}));
  EXPECT_EQ(list.size(), 15u);
}

TEST_F(ExecutorTest, UnknownCommandsFail) {
  EXPECT_THAT(Run(R"({"type": "assert_wonder", "line": 1})"),
              ElementsAre("1 failed: unknown command: assert_wonder"));
}

}  // namespace
}  // namespace slipway::spec
