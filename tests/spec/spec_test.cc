// Runs the scripts that SLIPWAY_SPEC_TESTSUITE names; each is a test case. When
// the variable is not set there is one case, which is skipped and says what to
// do.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tests/spec/expectations.h"
#include "tests/spec/report.h"
#include "tests/spec/script_process.h"
#include "tests/spec/suite.h"

namespace slipway::spec {
namespace {

class NoSuite : public testing::Test {
  void TestBody() override { GTEST_SKIP() << kSuiteHelp; }
};

class Broken : public testing::Test {
 public:
  explicit Broken(std::string message) : message_(std::move(message)) {}

 private:
  void TestBody() override { FAIL() << message_; }
  const std::string message_;
};

class ScriptCase : public testing::Test {
 public:
  explicit ScriptCase(const ScriptResult& result) : result_(result) {}

 private:
  void TestBody() override {
    EXPECT_EQ(result_.failed(), 0u) << ScriptLines(result_);
  }
  const ScriptResult& result_;
};

template <typename Make>
void Register(const std::string& name, Make make) {
  testing::RegisterTest("Spec", name.c_str(), nullptr, nullptr, __FILE__,
                        __LINE__, std::move(make));
}

absl::StatusOr<std::vector<ScriptResult>> RunAll(const std::string& location) {
  const auto expectations = ReadExpectations("tests/spec/expectations.csv");
  if (!expectations.ok()) return expectations.status();
  const auto suite = Suite::Open(location);
  if (!suite.ok()) return suite.status();
  auto results =
      RunScripts(suite->scripts(), RunOptions(), [](const ScriptResult&) {});
  if (results.ok()) ApplyExpectations(*expectations, *results);
  return results;
}

void RegisterAll() {
  const char* location = std::getenv(kSuiteVariable);
  if (location == nullptr || *location == '\0') {
    Register("suite", []() -> testing::Test* { return new NoSuite; });
    return;
  }
  auto results = RunAll(location);
  if (!results.ok()) {
    const std::string message(results.status().message());
    Register("suite",
             [message]() -> testing::Test* { return new Broken(message); });
    return;
  }
  // Lives as long as the process, as the cases do.
  const auto& kept = *new std::vector<ScriptResult>(*std::move(results));
  for (const ScriptResult& result : kept) {
    Register(result.name,
             [&result]() -> testing::Test* { return new ScriptCase(result); });
  }
  std::fputs(Summary(kept).c_str(), stdout);
}

}  // namespace
}  // namespace slipway::spec

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  slipway::spec::RegisterAll();
  return RUN_ALL_TESTS();
}
