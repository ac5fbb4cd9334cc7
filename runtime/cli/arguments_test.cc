#include "runtime/cli/arguments.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace slipway::cli {
namespace {

constexpr Option kOptions[] = {
    {"listen", 0, "ADDR", "listen on ADDR"},
    {"optimize", 'O', "N", "optimise N much"},
    {"json", 'j', "", "print JSON"},
};
constexpr std::string_view kExamples[] = {"slipway run x.wasm"};

Command TestCommand(bool runs_program) {
  Command command;
  command.name = "run";
  command.operands = "PROGRAM";
  command.summary = "Run a program";
  command.options = kOptions;
  command.examples = kExamples;
  command.runs_program = runs_program;
  return command;
}

absl::StatusOr<Arguments> Parse(std::vector<std::string> words,
                                bool runs_program = true) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  const Command command = TestCommand(runs_program);
  return ParseArguments(command, pointers);
}

std::string Error(std::vector<std::string> words) {
  return std::string(Parse(std::move(words)).status().message());
}

using Words = std::vector<std::string>;

TEST(ArgumentsTest, EveryFormOfAnOption) {
  const auto args = Parse(
      {"--listen", "a", "--listen=b", "-O", "1", "-O3", "--json", "-j", "x"});
  ASSERT_TRUE(args.ok()) << args.status();
  EXPECT_EQ(args->All("listen"), (Words{"a", "b"}));
  EXPECT_EQ(args->Last("optimize"), "3");
  EXPECT_EQ(args->All("json").size(), 2u);
  EXPECT_EQ(args->operands(), Words{"x"});
  EXPECT_EQ(args->Last("absent", "otherwise"), "otherwise");
}

TEST(ArgumentsTest, OptionsStopAtTheProgram) {
  const auto args = Parse({"x.wasm", "--listen", "--nonsense"});
  ASSERT_TRUE(args.ok()) << args.status();
  EXPECT_FALSE(args->Has("listen"));
  EXPECT_EQ(args->operands(), (Words{"x.wasm", "--listen", "--nonsense"}));
}

TEST(ArgumentsTest, OneSeparatorAfterTheProgramIsDropped) {
  EXPECT_EQ(Parse({"x", "--", "--json"})->operands(), (Words{"x", "--json"}));
  EXPECT_EQ(Parse({"x", "--", "--", "a"})->operands(), (Words{"x", "--", "a"}));
  EXPECT_EQ(Parse({"x", "a", "--", "b"})->operands(),
            (Words{"x", "a", "--", "b"}));
  EXPECT_EQ(Parse({"--json", "--", "-x", "y"})->operands(), (Words{"-x", "y"}));
}

TEST(ArgumentsTest, OtherCommandsTakeOptionsAnywhere) {
  const auto args = Parse({"x", "--json", "-"}, /*runs_program=*/false);
  ASSERT_TRUE(args.ok()) << args.status();
  EXPECT_TRUE(args->Has("json"));
  EXPECT_EQ(args->operands(), (Words{"x", "-"}));
}

TEST(ArgumentsTest, ErrorsNameTheOption) {
  EXPECT_EQ(Error({"--lisen", "a"}),
            "unknown option --lisen (did you mean --listen?)");
  EXPECT_EQ(Error({"--verbosity"}), "unknown option --verbosity");
  EXPECT_EQ(Error({"-x"}), "unknown option -x");
  EXPECT_EQ(Error({"--listen"}), "--listen needs a value: ADDR");
  EXPECT_EQ(Error({"--json=1"}), "--json takes no value");
}

TEST(ArgumentsTest, HelpIsAnOptionOfEveryCommand) {
  EXPECT_TRUE(Parse({"--listen", "a", "--help"})->Has("help"));
  EXPECT_TRUE(Parse({"-h"})->Has("help"));
  EXPECT_FALSE(Parse({"x", "--help"})->Has("help"));
}

TEST(ArgumentsTest, HelpListsEverything) {
  const std::string help = HelpText(TestCommand(true));
  EXPECT_TRUE(help.starts_with("Usage: slipway run [OPTIONS] PROGRAM\n"));
  EXPECT_NE(help.find("  -O, --optimize N"), std::string::npos);
  EXPECT_NE(help.find("slipway run x.wasm"), std::string::npos);
}

}  // namespace
}  // namespace slipway::cli
