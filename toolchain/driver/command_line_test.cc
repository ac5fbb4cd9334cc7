#include "toolchain/driver/command_line.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace slipway::toolchain {
namespace {

using Arguments = std::vector<std::string>;

CommandLine Parse(const Arguments& arguments) {
  absl::StatusOr<CommandLine> line =
      ParseCommandLine(arguments, DriverMode::kC);
  EXPECT_TRUE(line.ok()) << line.status();
  return line.ok() ? *line : CommandLine();
}

std::string Refusal(const Arguments& arguments) {
  absl::StatusOr<CommandLine> line =
      ParseCommandLine(arguments, DriverMode::kC);
  EXPECT_FALSE(line.ok());
  return std::string(line.status().message());
}

TEST(CommandLine, CompilesOrLinks) {
  EXPECT_FALSE(Parse({"-c", "a.c"}).links);
  EXPECT_FALSE(Parse({"-E", "a.c"}).links);
  EXPECT_FALSE(Parse({"--version"}).links);
  EXPECT_FALSE(Parse({"-print-search-dirs"}).links);
  EXPECT_FALSE(Parse({"-v"}).links);
  EXPECT_TRUE(Parse({"a.o", "-lm"}).links);
  EXPECT_TRUE(Parse({"-O2", "a.c"}).links);
}

TEST(CommandLine, KnowsCxxByTheSource) {
  EXPECT_FALSE(Parse({"-c", "a.c"}).cxx_sources);
  EXPECT_TRUE(Parse({"-c", "a.cc"}).cxx_sources);
  EXPECT_TRUE(Parse({"-c", "a.C"}).cxx_sources);
  EXPECT_TRUE(Parse({"-E", "-x", "c++", "-"}).cxx_sources);
  EXPECT_TRUE(Parse({"-xc++-header", "a.h"}).cxx_sources);
  EXPECT_FALSE(Parse({"a.cc"}).cxx_runtime);
}

TEST(CommandLine, LinksTheRuntimeOfCxx) {
  const CommandLine line = Parse({"a.o", "-lstdc++", "-l", "c++abi", "-lm"});
  EXPECT_TRUE(line.cxx_runtime);
  EXPECT_EQ(line.arguments, (Arguments{"a.o", "-lm"}));
  const auto cxx = ParseCommandLine({"a.o"}, DriverMode::kCxx);
  ASSERT_TRUE(cxx.ok());
  EXPECT_TRUE(cxx->cxx_runtime);
  const auto without =
      ParseCommandLine({"a.o", "-nostdlib++"}, DriverMode::kCxx);
  ASSERT_TRUE(without.ok());
  EXPECT_FALSE(without->cxx_runtime);
}

TEST(CommandLine, FindsTheOutput) {
  EXPECT_EQ(Parse({"a.c"}).output, "a.out");
  EXPECT_EQ(Parse({"a.c", "-o", "x"}).output, "x");
  EXPECT_EQ(Parse({"a.c", "-ox"}).output, "x");
}

TEST(CommandLine, AValueIsNeitherInputNorFlag) {
  EXPECT_FALSE(Parse({"-D", "x"}).links);
  EXPECT_FALSE(Parse({"-include", "-c"}).links);
  EXPECT_TRUE(absl::StrContains(Refusal({"a.c", "-o"}), "'-o' wants a value"));
}

TEST(CommandLine, LeavesOutWhatHasNoMeaning) {
  const CommandLine line =
      Parse({"-O3", "-flto=auto", "-march=native", "-no-pie", "a.c",
             "-Wl,-z,relro,--as-needed", "-Xlinker", "-dynamic-linker",
             "-Xlinker", "/x", "-lm"});
  EXPECT_EQ(line.arguments, (Arguments{"-O3", "a.c", "-lm"}));
}

TEST(CommandLine, HandsLinkerFlagsOnOneByOne) {
  EXPECT_EQ(
      Parse({"a.o", "-Wl,-Map=x,--gc-sections"}).arguments,
      (Arguments{"a.o", "-Xlinker", "-Map=x", "-Xlinker", "--gc-sections"}));
}

TEST(CommandLine, RefusesWhatWouldChangeTheProgram) {
  const std::string message = Refusal({"-mavx2", "a.c"});
  EXPECT_TRUE(absl::StrContains(message, "'-mavx2'")) << message;
  EXPECT_TRUE(absl::StrContains(message, "leave the flag out")) << message;
  Refusal({"-m32", "a.c"});
  Refusal({"a.o", "-Wl,-T,x"});
  Refusal({"-target", "x86_64-linux-gnu", "a.c"});
}

TEST(CommandLine, NotesTheShapeOfTheLink) {
  EXPECT_TRUE(Parse({"-shared", "a.o"}).shared);
  EXPECT_TRUE(Parse({"-rdynamic", "a.o"}).export_dynamic);
  EXPECT_FALSE(Parse({"-nostdlib", "a.o"}).start_files);
  EXPECT_FALSE(Parse({"-nodefaultlibs", "a.o"}).libraries);
  EXPECT_TRUE(Parse({"-nodefaultlibs", "a.o"}).start_files);
}

TEST(CommandLine, TellsCodeForSideModules) {
  EXPECT_FALSE(Parse({"-c", "a.c"}).side_code);
  EXPECT_TRUE(Parse({"-c", "-fPIC", "a.c"}).side_code);
  EXPECT_FALSE(Parse({"-fpic", "-fPIE", "a.c"}).side_code);
  EXPECT_EQ(Parse({"-fPIC", "-static", "a.c"}).arguments, (Arguments{"a.c"}));
  EXPECT_TRUE(Parse({"-static", "a.c"}).static_libraries);
  EXPECT_EQ(Parse({"a.o", "-Wl,-rpath,/x"}).arguments,
            (Arguments{"a.o", "-Xlinker", "-rpath", "-Xlinker", "/x"}));
}

TEST(CommandLine, NotesWhatIsLinked) {
  const CommandLine line =
      Parse({"a.o", "-Lx", "-L", "y", "-lm", "-Wl,-Bstatic", "-l", "z",
             "-Wl,-Bdynamic,-rpath-link,w", "b.so"});
  ASSERT_EQ(line.inputs.size(), 4u);
  EXPECT_EQ(line.inputs[0].name, "a.o");
  EXPECT_FALSE(line.inputs[0].is_library);
  EXPECT_EQ(line.inputs[1].name, "m");
  EXPECT_TRUE(line.inputs[1].is_library && line.inputs[1].dynamic);
  EXPECT_EQ(line.inputs[2].name, "z");
  EXPECT_FALSE(line.inputs[2].dynamic);
  EXPECT_TRUE(line.inputs[3].dynamic);
  EXPECT_EQ(line.library_directories, (Arguments{"x", "y", "w"}));
}

TEST(CommandLine, TakesWhatTheDriverSeesTo) {
  const CommandLine line =
      Parse({"a.o", "-Wl,-soname,x.so.1,--version-script=v", "-Xlinker",
             "--dynamic-list", "-Xlinker", "d", "-Wl,-Bsymbolic-functions"});
  EXPECT_EQ(line.soname, "x.so.1");
  EXPECT_EQ(line.version_script, "v");
  EXPECT_EQ(line.dynamic_list, "d");
  EXPECT_TRUE(line.symbolic);
  EXPECT_EQ(line.arguments, (Arguments{"a.o"}));
  EXPECT_EQ(Parse({"a.o", "-Wl,-h,x.so"}).soname, "x.so");
  EXPECT_TRUE(Parse({"a.o", "-Wl,-z,nodelete"}).stays_loaded);
  EXPECT_TRUE(Parse({"a.o", "-Wl,-znodelete"}).stays_loaded);
  EXPECT_TRUE(
      Parse({"a.o", "-Xlinker", "-z", "-Xlinker", "nodelete"}).stays_loaded);
  EXPECT_FALSE(line.stays_loaded || Parse({"a.o", "-Wl,-z,now"}).stays_loaded);
}

TEST(CommandLine, StrictStandardsHaveNoGnuNames) {
  EXPECT_TRUE(Parse({"a.c"}).gnu_names);
  EXPECT_TRUE(Parse({"-std=gnu11", "a.c"}).gnu_names);
  EXPECT_FALSE(Parse({"-std=c99", "a.c"}).gnu_names);
  EXPECT_FALSE(Parse({"-ansi", "a.c"}).gnu_names);
}

}  // namespace
}  // namespace slipway::toolchain
