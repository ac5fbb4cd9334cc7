#include "tests/spec/suite.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/spec/report.h"
#include "tests/spec/script_process.h"
#include "tests/spec/testing/script_folder.h"

namespace slipway::spec {
namespace {

constexpr char kModule[] =
    R"({"type": "module", "line": 1, "filename": "main.wasm"})";
constexpr char kPassing[] = R"(, {"type": "assert_return", "line": 2,
    "action": {"type": "get", "field": "count"},
    "expected": [{"type": "i32", "value": "0"}]})";
constexpr char kFailing[] = R"(, {"type": "assert_return", "line": 3,
    "action": {"type": "get", "field": "count"},
    "expected": [{"type": "i32", "value": "1"}]})";
constexpr char kText[] = R"(, {"type": "assert_malformed", "line": 4,
    "filename": "a.wat", "module_type": "text", "text": "x"})";
constexpr char kHanging[] = R"(, {"type": "action", "line": 5, "action":
    {"type": "invoke", "field": "spin", "args": []}})";

std::string Names(const Suite& suite) {
  std::string names;
  for (const ScriptFile& script : suite.scripts()) names += script.name + " ";
  return names;
}

TEST(SuiteTest, FindsScriptsByFolder) {
  ScriptFolder("b", "found/deeper").WriteScript("");
  ScriptFolder("a", "found").WriteScript("");
  const ScriptFolder both("both", "found");
  both.Write("one.json", "");
  both.Write("two.json", "");
  ScriptFolder("empty", "found");
  const auto suite = Suite::Open(ScriptFolder::SuitePath("found"));
  ASSERT_TRUE(suite.ok()) << suite.status();
  EXPECT_EQ(Names(*suite), "a b one two ");
}

TEST(SuiteTest, ScriptsOfOneNameAreToldApart) {
  ScriptFolder("a", "same/x").WriteScript("");
  ScriptFolder("a", "same/y").WriteScript("");
  const auto suite = Suite::Open(ScriptFolder::SuitePath("same"));
  ASSERT_TRUE(suite.ok()) << suite.status();
  EXPECT_EQ(Names(*suite), "x/a/a y/a/a ");
}

TEST(SuiteTest, UnpacksArchives) {
  ScriptFolder("a", "packed").WriteScript("");
  const std::string archive = ScriptFolder::SuitePath("") + "packed.tar.xz";
  const std::string command =
      "tar -C " + ScriptFolder::SuitePath("") + " -cJf " + archive + " packed";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto suite = Suite::Open(archive);
  ASSERT_TRUE(suite.ok()) << suite.status();
  EXPECT_EQ(Names(*suite), "a ");
}

TEST(SuiteTest, SaysWhatToDoWhenThereIsNone) {
  for (const std::string& location :
       {std::string("/no/such/folder"), ScriptFolder("none", "x").path()}) {
    const auto suite = Suite::Open(location);
    ASSERT_FALSE(suite.ok());
    EXPECT_NE(std::string(suite.status().message()).find("wast2json"),
              std::string::npos);
  }
}

TEST(SuiteTest, SelectsByPattern) {
  for (const auto* name : {"simd_load", "simd_store", "call"}) {
    ScriptFolder(name, "selected").WriteScript("");
  }
  auto suite = Suite::Open(ScriptFolder::SuitePath("selected"));
  ASSERT_TRUE(suite.ok()) << suite.status();
  ASSERT_TRUE(suite->Select({"simd_*", "simd_load"}).ok());
  EXPECT_EQ(Names(*suite), "simd_load simd_store ");
  EXPECT_FALSE(suite->Select({"call"}).ok());
}

// Runs one script in a process.
ScriptResult RunOne(const std::string& path, int timeout) {
  RunOptions options;
  options.compiler.optimization = 1;
  options.timeout = timeout;
  int calls = 0;
  const auto results = RunScripts({{.name = "script", .path = path}}, options,
                                  [&calls](const ScriptResult&) { ++calls; });
  EXPECT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(calls, 1);
  return results->at(0);
}

TEST(ScriptProcessTest, CountsAssertions) {
  const ScriptFolder folder("counts", "processes");
  folder.Write("main.wasm", MainModule());
  const ScriptResult result =
      RunOne(folder.WriteScript(std::string(kModule) + kPassing + kFailing +
                                kText + kPassing),
             600);
  EXPECT_EQ(result.passed, 2u);
  EXPECT_EQ(result.skipped, 1u);
  EXPECT_EQ(result.failed(), 1u);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].line, 3);
  EXPECT_EQ(result.failures[0].command, "assert_return");
}

TEST(ScriptProcessTest, AScriptThatHangsFailsWithAllThatItLeft) {
  const ScriptFolder folder("hangs", "processes");
  folder.Write("main.wasm", SpinningModule());
  const ScriptResult result =
      RunOne(folder.WriteScript(std::string(kModule) + kText + kHanging +
                                kPassing + kPassing),
             /*timeout=*/3);
  EXPECT_EQ(result.skipped, 1u);
  EXPECT_EQ(result.not_run, 2u);
  EXPECT_EQ(result.failed(), 3u);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].line, 5);
  EXPECT_NE(result.failures[0].message.find("took too long"),
            std::string::npos);
}

TEST(ScriptProcessTest, WhatCannotBeReadFails) {
  const ScriptFolder folder("unread", "processes");
  folder.Write("bad.json", "{");
  EXPECT_EQ(RunOne(folder.path() + "/bad.json", 600).failed(), 1u);
  EXPECT_EQ(RunOne(folder.path() + "/absent.json", 600).failed(), 1u);
}

}  // namespace
}  // namespace slipway::spec
