#include "toolchain/driver/version_script.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace slipway::toolchain {
namespace {

VersionScript Parse(std::string_view text) {
  absl::StatusOr<VersionScript> script = ParseVersionScript(text);
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *script : VersionScript();
}

std::string Error(std::string_view text) {
  absl::StatusOr<VersionScript> script = ParseVersionScript(text);
  EXPECT_FALSE(script.ok());
  return std::string(script.status().message());
}

TEST(VersionScript, OffersAllWhenItSaysNothing) {
  EXPECT_TRUE(VersionScript().Offers("x"));
  EXPECT_TRUE(Parse("V1 { global: x; };").Offers("y"));
}

TEST(VersionScript, OffersWhatIsGlobal) {
  const VersionScript script = Parse(R"(
    /* two versions */
    V1.0 { global: one; two_*;  # of old
           local: two_inner; *; };
    V1.1 { "three"; } V1.0;
  )");
  EXPECT_TRUE(script.Offers("one"));
  EXPECT_TRUE(script.Offers("two_outer"));
  EXPECT_TRUE(script.Offers("three"));
  EXPECT_FALSE(script.Offers("two_inner"));
  EXPECT_FALSE(script.Offers("four"));
  EXPECT_TRUE(script.Offers("__slipway_tls_one"));
  EXPECT_FALSE(script.Offers("__slipway_tls_four"));
}

TEST(VersionScript, MayHaveNoVersion) {
  EXPECT_FALSE(Parse("{ local: *; };").Offers("x"));
  EXPECT_FALSE(Parse("{ global: y; local: *; };").Offers("x"));
}

TEST(VersionScript, ReadsDynamicLists) {
  const VersionScript list = Parse("{ one; extern \"C\" { two }; three; };");
  EXPECT_EQ(list.global, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(VersionScript, SaysWhereItIsWrong) {
  EXPECT_TRUE(absl::StrContains(Error("V1 {\n one two; };"),
                                "line 2: expected ;, found two"));
  EXPECT_TRUE(absl::StrContains(Error("V1 { one;"), "expected }"));
  EXPECT_TRUE(absl::StrContains(Error("V1 one"), "expected {"));
}

}  // namespace
}  // namespace slipway::toolchain
