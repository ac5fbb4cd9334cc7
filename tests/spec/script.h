// A test script: the commands of one JSON file that wabt's wast2json (or
// wasm-tools json-from-wast) wrote, in order. What a command names that this
// runner does not know makes it kUnsupported, which fails when it is run;
// nothing is ignored.

#ifndef SLIPWAY_TESTS_SPEC_SCRIPT_H_
#define SLIPWAY_TESTS_SPEC_SCRIPT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/spec/value.h"

namespace slipway::spec {

enum class CommandType : uint8_t {
  kModule,
  kModuleDefinition,
  kModuleInstance,
  kRegister,
  kAction,
  kAssertReturn,
  kAssertTrap,
  kAssertExhaustion,
  kAssertException,
  kAssertInvalid,
  kAssertMalformed,
  kAssertUnlinkable,
  kAssertUninstantiable,
  kThread,
  kWait,
  kUnsupported,
};

struct Action {
  bool is_get = false;  // of a global; else an invocation
  std::string module;   // an instance's name; empty: the current one
  std::string field;
  std::vector<ScriptValue> arguments;
};

struct Command {
  CommandType type = CommandType::kUnsupported;
  std::string type_name;  // as written: "assert_return"
  int line = 0;
  // Of the module, the new instance, the registered instance or the thread;
  // may be empty.
  std::string name;
  // kModuleInstance: the definition's name, empty for the last one.
  // kThread: the instance that the thread shares.
  std::string module;
  std::string as;        // kRegister
  std::string path;      // of the module, with its folder
  bool is_text = false;  // the module is in the text format
  // What the specification calls the error or trap.
  std::string text;
  Action action;
  std::vector<ScriptValue> expected;  // kAssertReturn
  std::vector<Command> commands;      // kThread
  std::string problem;                // kUnsupported: why

  // Assertions are what is counted; other commands only count when they fail.
  bool is_assertion() const { return type_name.starts_with("assert_"); }
};

struct Script {
  std::vector<Command> commands;
};

// Modules are looked for in `folder`.
absl::StatusOr<Script> ParseScript(std::string_view json,
                                   const std::string& folder);
absl::StatusOr<Script> ReadScript(const std::string& path);

// Those of threads included.
uint64_t CountAssertions(const std::vector<Command>& commands);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SCRIPT_H_
