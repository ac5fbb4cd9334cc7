#include "tests/spec/script.h"

#include <string>

#include "gtest/gtest.h"

namespace slipway::spec {
namespace {

// The one command of a script.
Command Parse(const std::string& json) {
  const auto script = ParseScript("{\"commands\": [" + json + "]}", "/folder");
  EXPECT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(script->commands.size(), 1u);
  return script->commands.at(0);
}

TEST(ScriptTest, WhatIsNotAScriptIsAnError) {
  EXPECT_FALSE(ParseScript("", "").ok());
  EXPECT_FALSE(ParseScript("[]", "").ok());
  EXPECT_FALSE(ParseScript("{\"commands\": 1}", "").ok());
}

TEST(ScriptTest, Modules) {
  const Command module = Parse(
      R"({"type": "module", "line": 3, "name": "$M", "filename": "a.wasm"})");
  EXPECT_EQ(module.type, CommandType::kModule);
  EXPECT_EQ(module.line, 3);
  EXPECT_EQ(module.name, "$M");
  EXPECT_EQ(module.path, "/folder/a.wasm");
  EXPECT_FALSE(module.is_assertion());
}

TEST(ScriptTest, DefinitionsHaveTwoSpellings) {
  for (const auto* json :
       {R"({"type": "module", "definition": "true", "filename": "a.wasm"})",
        R"({"type": "module_definition", "filename": "a.wasm"})"}) {
    EXPECT_EQ(Parse(json).type, CommandType::kModuleDefinition) << json;
  }
  const Command instance =
      Parse(R"({"type": "module_instance", "instance": "$I", "module": "$M"})");
  EXPECT_EQ(instance.name, "$I");
  EXPECT_EQ(instance.module, "$M");
}

TEST(ScriptTest, TextModulesMayHaveABinary) {
  const Command text = Parse(R"({"type": "assert_malformed", "filename":
      "a.wat", "module_type": "text", "text": "unexpected token"})");
  EXPECT_TRUE(text.is_text);
  EXPECT_EQ(text.text, "unexpected token");
  const Command both = Parse(R"({"type": "assert_invalid", "filename": "a.wat",
      "module_type": "text", "binary_filename": "a.wasm", "text": ""})");
  EXPECT_FALSE(both.is_text);
  EXPECT_EQ(both.path, "/folder/a.wasm");
}

TEST(ScriptTest, AnEitherResultIsOneResult) {
  const Command command = Parse(R"({"type": "assert_return",
      "action": {"type": "invoke", "module": "$M", "field": "f", "args": [
          {"type": "i32", "value": "1"}]},
      "either": [{"type": "i32", "value": "1"}, {"type": "i32", "value": "2"}]
  })");
  EXPECT_EQ(command.action.module, "$M");
  EXPECT_EQ(command.action.arguments.size(), 1u);
  ASSERT_EQ(command.expected.size(), 1u);
  EXPECT_EQ(command.expected[0].kind, ScriptValue::Kind::kEither);
}

TEST(ScriptTest, ThreadsHaveCommands) {
  const auto script = ParseScript(R"({"commands": [
      {"type": "thread", "line": 1, "name": "$T", "shared_module": "$M",
       "commands": [{"type": "assert_return", "line": 2,
                     "action": {"type": "get", "field": "g"}, "expected": []}]},
      {"type": "wait", "line": 3, "thread": "$T"}]})",
                                  "");
  ASSERT_TRUE(script.ok());
  const Command& thread = script->commands.at(0);
  EXPECT_EQ(thread.module, "$M");
  ASSERT_EQ(thread.commands.size(), 1u);
  EXPECT_TRUE(thread.commands[0].action.is_get);
  EXPECT_EQ(script->commands.at(1).name, "$T");
  EXPECT_EQ(CountAssertions(script->commands), 1u);
}

TEST(ScriptTest, WhatIsNotKnownIsNotIgnored) {
  for (const auto* json :
       {R"({"type": "assert_wonder", "line": 1})",
        R"({"type": "action", "action": {"type": "jump", "field": "f"}})",
        R"({"type": "action"})",
        R"({"type": "assert_return", "action": {"type": "invoke", "field": "f"},
            "expected": [{"type": "i31ref", "value": "1"}]})",
        R"({"type": "assert_return", "action": {"type": "invoke", "field": "f"},
            "expected": [{"type": "v128", "lane_type": "i32",
                          "value": ["1"]}]})",
        R"({"type": "assert_return", "action": {"type": "invoke", "field": "f",
            "args": [{"type": "i32", "value": "one"}]}, "expected": []})"}) {
    const Command command = Parse(json);
    EXPECT_EQ(command.type, CommandType::kUnsupported) << json;
    EXPECT_NE(command.problem, "") << json;
  }
  // It still counts as an assertion.
  EXPECT_TRUE(Parse(R"({"type": "assert_wonder"})").is_assertion());
}

}  // namespace
}  // namespace slipway::spec
