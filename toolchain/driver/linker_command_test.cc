#include "toolchain/driver/linker_command.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace slipway::toolchain {
namespace {

using Arguments = std::vector<std::string>;

TEST(LinkerCommand, LinksALibrary) {
  EXPECT_EQ(CompilerArguments({"-shared", "-soname", "libx.so.1", "-o",
                               "libx.so", "x.o", "-L.", "-ly"}),
            (Arguments{"-shared", "-Xlinker", "-soname", "-Xlinker",
                       "libx.so.1", "-o", "libx.so", "x.o", "-L.", "-ly"}));
}

TEST(LinkerCommand, AddsNothingToAProgram) {
  EXPECT_EQ(CompilerArguments({"-o", "x", "crt1.o", "x.o", "--gc-sections"}),
            (Arguments{"-o", "x", "crt1.o", "x.o", "-Xlinker", "--gc-sections",
                       "-nostdlib"}));
  EXPECT_EQ(CompilerArguments({"-r", "-o", "x.o", "y.o"}),
            (Arguments{"-r", "-o", "x.o", "y.o", "-nostdlib"}));
}

TEST(LinkerCommand, KnowsTheQuestions) {
  EXPECT_TRUE(AsksForLinker({"-v"}));
  EXPECT_TRUE(AsksForLinker({"--help"}));
  EXPECT_FALSE(AsksForLinker({"-o", "x"}));
}

}  // namespace
}  // namespace slipway::toolchain
