#include "runtime/host/exec_image.h"

#include <string>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

std::string Parse(const std::string& text) {
  const std::optional<ScriptLine> line = ParseScriptLine(text);
  if (!line) return "none";
  return line->interpreter + "|" + line->argument;
}

TEST(ScriptLine, IsReadAsLinuxDoes) {
  EXPECT_EQ(Parse("#!/bin/sh\necho"), "/bin/sh|");
  EXPECT_EQ(Parse("#! /bin/sh\t-e -x  \n"), "/bin/sh|-e -x");
  EXPECT_EQ(Parse("#!/bin/sh"), "/bin/sh|");
  EXPECT_EQ(Parse("#!\n"), "none");
  EXPECT_EQ(Parse("#!  "), "none");
  EXPECT_EQ(Parse("# !/bin/sh"), "none");
  EXPECT_EQ(Parse(""), "none");
}

TEST(ScriptLine, ThatIsCutOffIsNotExecuted) {
  EXPECT_EQ(Parse("#!/" + std::string(253, 'a')), "none");
  EXPECT_NE(Parse("#!/" + std::string(100, 'a') + " " + std::string(152, 'b')),
            "none");
}

}  // namespace
}  // namespace slipway::host
