#include "toolchain/driver/response_file.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace slipway::toolchain {
namespace {

using Arguments = std::vector<std::string>;

// Writes the text to a file and returns its path.
std::string FileWith(const std::string& name, const std::string& text) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ResponseFile, SplitsAtBlanks) {
  EXPECT_EQ(SplitResponseFile(" -c\ta.c\r\nb.c\n"),
            (Arguments{"-c", "a.c", "b.c"}));
  EXPECT_EQ(SplitResponseFile(""), Arguments{});
  EXPECT_EQ(SplitResponseFile(" \n"), Arguments{});
}

TEST(ResponseFile, QuotesKeepBlanks) {
  EXPECT_EQ(SplitResponseFile(R"("a b" 'c d'e "" '')"),
            (Arguments{"a b", "c de", "", ""}));
  EXPECT_EQ(SplitResponseFile(R"(-DX='"y"' "it's")"),
            (Arguments{R"(-DX="y")", "it's"}));
  EXPECT_EQ(SplitResponseFile("'open a"), (Arguments{"open a"}));
}

TEST(ResponseFile, BackslashesKeepTheNextCharacter) {
  EXPECT_EQ(SplitResponseFile(R"(a\ b \"c\" "d\"e" 'f\g' h\)"),
            (Arguments{"a b", R"("c")", R"(d"e)", R"(f\g)", "h"}));
}

TEST(ResponseFile, ExpandsFilesInPlace) {
  const std::string inner = FileWith("inner", "b c");
  const std::string outer = FileWith("outer", "a @" + inner + " d");
  const auto result = ExpandResponseFiles({"-x", "@" + outer, "-y"});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, (Arguments{"-x", "a", "b", "c", "d", "-y"}));
}

TEST(ResponseFile, LeavesWhatIsNoFile) {
  const auto result = ExpandResponseFiles({"@", "@/no/such/file", "a@b"});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, (Arguments{"@", "@/no/such/file", "a@b"}));
}

TEST(ResponseFile, RefusesACircle) {
  const std::string path = FileWith("circle", "");
  FileWith("circle", "@" + path);
  const auto result = ExpandResponseFiles({"@" + path});
  EXPECT_TRUE(absl::StrContains(result.status().message(), "without end"));
}

}  // namespace
}  // namespace slipway::toolchain
