#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "runtime/cli/module_report.h"
#include "runtime/cli/report_json.h"
#include "runtime/cli/report_text.h"
#include "runtime/wasm/decoder.h"

namespace slipway::cli {
namespace {

// (module
//   (import "posix1" "write" (func (param i64 i64 i64) (result i64)))
//   (import "posix1" "fsconfig" (func (param i64 i64 i64) (result i64)))
//   (import "env" "memory" (memory i64 1 16 shared))
//   (func $small (result i64) i64.const 1)
//   (func (export "big") (result i64)
//     i64.const 1 i64.extend8_s i64.extend8_s))
constexpr char kBytes[] =
    "\0asm\1\0\0\0"
    "\x01\x0c\x02"
    "\x60\x03\x7e\x7e\x7e\x01\x7e"
    "\x60\x00\x01\x7e"
    "\x02\x31\x03"
    "\x06posix1\x05write\x00\x00"
    "\x06posix1\x08"
    "fsconfig\x00\x00"
    "\x03"
    "env\x06memory\x02\x07\x01\x10"
    "\x03\x03\x02\x01\x01"
    "\x07\x07\x01\x03"
    "big\x00\x03"
    "\x0a\x0d\x02"
    "\x04\x00\x42\x01\x0b"
    "\x06\x00\x42\x01\xc2\xc2\x0b";
constexpr std::string_view kModule(kBytes, sizeof(kBytes) - 1);

ModuleReport Report() {
  const auto module = wasm::DecodeModule(wasm::AsBytes(kModule));
  EXPECT_TRUE(module.ok()) << module.status();
  const auto report = MakeReport(*module);
  EXPECT_TRUE(report.ok()) << report.status();
  return *report;
}

TEST(ReportTest, ImportsCarryTheirRows) {
  const ModuleReport report = Report();
  ASSERT_EQ(report.imports.size(), 3u);
  ASSERT_NE(report.imports[0].row, nullptr);
  EXPECT_EQ(report.imports[0].row->right, "always");
  EXPECT_EQ(report.imports[0].type, "(i64, i64, i64) -> (i64)");
  ASSERT_NE(report.imports[1].row, nullptr);
  EXPECT_EQ(report.imports[1].row->level, "refused");
  EXPECT_EQ(report.imports[2].kind, "memory");
  EXPECT_EQ(report.imports[2].row, nullptr);
}

TEST(ReportTest, FeaturesAreThoseInUse) {
  EXPECT_EQ(Report().features, (std::vector<std::string>{
                                   "memory64", "sign-extension", "threads"}));
}

TEST(ReportTest, FunctionsAreSortedBySize) {
  const ModuleReport report = Report();
  ASSERT_EQ(report.functions.size(), 2u);
  EXPECT_EQ(report.functions[0].name, "big");
  EXPECT_EQ(report.functions[0].size, 6u);
  EXPECT_EQ(report.functions[1].index, 2u);
  EXPECT_EQ(report.code_size, 10u);
}

TEST(ReportTest, TextGroupsImportsByRight) {
  const std::string text = ReportText("x.wasm", Report(), 1);
  EXPECT_NE(text.find("  always     write\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  refused    fsconfig\n"), std::string::npos) << text;
  EXPECT_NE(text.find("largest functions (1 of 2)"), std::string::npos) << text;
  EXPECT_NE(text.find("i64 shared 1..16 pages"), std::string::npos) << text;
}

TEST(ReportTest, JsonIsQuoted) {
  EXPECT_EQ(JsonString("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
  const std::string json = ReportJson("x.wasm", Report());
  EXPECT_NE(json.find("{\"module\": \"posix1\", \"name\": \"write\", \"kind\": "
                      "\"function\""),
            std::string::npos)
      << json;
}

TEST(PosixRowsTest, KnowsCallsAndNothingElse) {
  ASSERT_NE(FindPosixRow("openat"), nullptr);
  EXPECT_EQ(FindPosixRow("openat")->right, "fs");
  EXPECT_EQ(FindPosixRow("openat")->arguments, 4);
  EXPECT_EQ(FindPosixRow("no_such_call"), nullptr);
}

}  // namespace
}  // namespace slipway::cli
