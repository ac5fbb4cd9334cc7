#include "runtime/cli/policy_arguments.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/sandbox/rights.h"

namespace slipway::cli {
namespace {

constexpr Option kOptions[] = {kDirOption, kListenOption, kConnectOption,
                               kEnvOption, kCwdOption,    kAllowOption,
                               kDenyOption};

absl::StatusOr<sandbox::Policy> Parse(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  Command command;
  command.options = kOptions;
  const absl::StatusOr<Arguments> arguments = ParseArguments(command, pointers);
  EXPECT_TRUE(arguments.ok()) << arguments.status();
  return PolicyOf(*arguments);
}

std::string Error(std::vector<std::string> words) {
  return std::string(Parse(std::move(words)).status().message());
}

TEST(PolicyArgumentsTest, NothingIsGrantedByDefault) {
  const auto policy = Parse({});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_TRUE(policy->mounts.empty());
  EXPECT_TRUE(policy->listen.empty());
  EXPECT_TRUE(policy->connect.empty());
  EXPECT_TRUE(policy->env.empty());
  EXPECT_EQ(policy->cwd, "/");
  EXPECT_EQ(policy->rights, sandbox::Rights::Default());
}

TEST(PolicyArgumentsTest, EveryOptionGrants) {
  setenv("POLICY_ARGUMENTS_TEST", "inherited", 1);
  const auto policy =
      Parse({"--dir", "/tmp::/data:ro", "--dir", "/usr", "--listen", ":80",
             "--connect", "127.0.0.1:*", "--env", "A=b", "--env",
             "POLICY_ARGUMENTS_TEST", "--cwd", "/data", "--allow", "exec",
             "--deny", "net"});
  ASSERT_TRUE(policy.ok()) << policy.status();
  ASSERT_EQ(policy->mounts.size(), 2u);
  EXPECT_EQ(policy->mounts[0].guest_path, "/data");
  EXPECT_TRUE(policy->mounts[0].read_only);
  EXPECT_FALSE(policy->mounts[1].read_only);
  EXPECT_EQ(policy->listen.size(), 1u);
  EXPECT_EQ(policy->connect.size(), 1u);
  EXPECT_EQ(policy->env, (std::vector<std::string>{
                             "A=b", "POLICY_ARGUMENTS_TEST=inherited"}));
  EXPECT_EQ(policy->cwd, "/data");
  EXPECT_TRUE(policy->rights.Has(sandbox::Right::exec));
  EXPECT_FALSE(policy->rights.Has(sandbox::Right::net));
}

TEST(PolicyArgumentsTest, ErrorsNameTheOption) {
  EXPECT_NE(Error({"--dir", "/tmp::relative"}).find("--dir"),
            std::string::npos);
  EXPECT_NE(Error({"--listen", "nonsense"}).find("--listen"),
            std::string::npos);
  EXPECT_NE(Error({"--allow", "everything"}).find("everything"),
            std::string::npos);
  EXPECT_NE(Error({"--dir", "/a::/x", "--dir", "/b::/x"}).find("/x"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::cli
