#include "tests/spec/expectations.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/spec/report.h"

namespace slipway::spec {
namespace {

std::vector<ExpectedFailure> Parse(const std::string& rows) {
  const auto parsed = ParseExpectations("script,line,reason,since\n" + rows);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return *parsed;
}

ScriptResult Result(const std::string& name, std::vector<int> failed_lines) {
  ScriptResult result;
  result.name = name;
  result.passed = 10;
  for (int line : failed_lines) {
    result.failures.push_back(
        {.line = line, .command = "assert_return", .message = "wrong"});
  }
  return result;
}

TEST(ExpectationsTest, RowsMayBeQuoted) {
  const auto rows = Parse("a,1,\"two, or \"\"three\"\"\",2026-11-20\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].script, "a");
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[0].reason, "two, or \"three\"");
  EXPECT_EQ(rows[0].since, "2026-11-20");
}

TEST(ExpectationsTest, ARowWithoutAReasonIsAnError) {
  EXPECT_FALSE(ParseExpectations("a,1,reason,2026-11-20\n").ok());
  EXPECT_FALSE(ParseExpectations("script,line,reason,since\na,1,,x\n").ok());
  EXPECT_FALSE(ParseExpectations("script,line,reason,since\na,b,c,d\n").ok());
}

TEST(ExpectationsTest, AKnownFailureIsNotCounted) {
  std::vector<ScriptResult> results = {Result("a", {1, 2})};
  ApplyExpectations(Parse("a,1,known,x\n"), results);
  EXPECT_EQ(results[0].failed(), 1u);
  EXPECT_EQ(Summary(results),
            "1 known failures, which are not counted\n"
            "10 passed, 1 failed, 0 skipped\n");
}

TEST(ExpectationsTest, AnUnexpectedPassFailsTheRun) {
  std::vector<ScriptResult> results = {Result("a", {})};
  ApplyExpectations(Parse("a,1,known,x\n"), results);
  EXPECT_EQ(Add(results).failed, 1u);
  EXPECT_NE(ScriptLines(results[0]).find("a:1: expectation: passed"),
            std::string::npos);
}

TEST(ExpectationsTest, ARowThatMatchesNoLineFailsTheRun) {
  std::vector<ScriptResult> results = {Result("a", {2})};
  ApplyExpectations(Parse("a,1,known,x\na,2,known,x\n"), results);
  EXPECT_EQ(Add(results).failed, 1u);
}

TEST(ExpectationsTest, RowsAboutOtherScriptsAreIgnored) {
  std::vector<ScriptResult> results = {Result("a", {})};
  ApplyExpectations(Parse("b,1,known,x\n"), results);
  EXPECT_EQ(Add(results).failed, 0u);
}

TEST(ReportTest, WhatWasNotRunFailed) {
  ScriptResult result = Result("a", {3});
  result.not_run = 5;
  EXPECT_EQ(result.failed(), 6u);
  EXPECT_EQ(ScriptLines(result),
            "FAILED  a: 10 passed, 6 failed, 0.0 s\n"
            "  a:3: assert_return: wrong\n");
}

TEST(ReportTest, Json) {
  ScriptResult result = Result("a", {3});
  result.skipped = 2;
  const std::string json = ToJson(std::vector<ScriptResult>{result});
  for (const auto* part : {"\"passed\": 10", "\"failed\": 1", "\"skipped\": 2",
                           "\"line\": 3", "\"message\": \"wrong\""}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

}  // namespace
}  // namespace slipway::spec
