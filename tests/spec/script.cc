#include "tests/spec/script.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tests/spec/script_values.h"

namespace slipway::spec {
namespace {

using nlohmann::json;

struct TypeRow {
  const char* name;
  CommandType type;
};
constexpr TypeRow kTypes[] = {
    {"module", CommandType::kModule},
    {"module_definition", CommandType::kModuleDefinition},
    {"module_instance", CommandType::kModuleInstance},
    {"register", CommandType::kRegister},
    {"action", CommandType::kAction},
    {"assert_return", CommandType::kAssertReturn},
    {"assert_trap", CommandType::kAssertTrap},
    {"assert_exhaustion", CommandType::kAssertExhaustion},
    {"assert_exception", CommandType::kAssertException},
    {"assert_invalid", CommandType::kAssertInvalid},
    {"assert_malformed", CommandType::kAssertMalformed},
    {"assert_unlinkable", CommandType::kAssertUnlinkable},
    {"assert_uninstantiable", CommandType::kAssertUninstantiable},
    {"thread", CommandType::kThread},
    {"wait", CommandType::kWait},
};

CommandType TypeOf(const std::string& name) {
  for (const TypeRow& row : kTypes) {
    if (name == row.name) return row.type;
  }
  return CommandType::kUnsupported;
}

absl::StatusOr<Action> ParseAction(const json& source) {
  const auto at = source.find("action");
  if (at == source.end() || !at->is_object()) {
    return absl::UnimplementedError("no action");
  }
  Action action;
  action.module = StringAt(*at, "module");
  action.field = StringAt(*at, "field");
  const std::string type = StringAt(*at, "type");
  if (type != "invoke" && type != "get") {
    return absl::UnimplementedError(absl::StrCat("unknown action: ", type));
  }
  action.is_get = type == "get";
  auto arguments = ParseValues(*at, "args");
  if (!arguments.ok()) return arguments.status();
  action.arguments = *std::move(arguments);
  return action;
}

class Parser {
 public:
  explicit Parser(std::string folder) : folder_(std::move(folder)) {}

  std::vector<Command> ParseCommands(const json& source) {
    std::vector<Command> commands;
    const auto at = source.find("commands");
    if (at == source.end() || !at->is_array()) return commands;
    for (const json& entry : *at) {
      Command command;
      const absl::Status status = ParseCommand(entry, command);
      if (!status.ok()) {
        command.type = CommandType::kUnsupported;
        command.problem = std::string(status.message());
      }
      commands.push_back(std::move(command));
    }
    return commands;
  }

 private:
  absl::Status ParseCommand(const json& source, Command& command) {
    command.type_name = StringAt(source, "type");
    command.type = TypeOf(command.type_name);
    const auto line = source.find("line");
    if (line != source.end() && line->is_number_integer()) {
      command.line = line->get<int>();
    }
    command.name = StringAt(source, "name");
    command.as = StringAt(source, "as");
    command.text = StringAt(source, "text");
    ParseFile(source, command);
    switch (command.type) {
      case CommandType::kModule:
        // wast2json's spelling of a definition.
        if (StringAt(source, "definition") == "true") {
          command.type = CommandType::kModuleDefinition;
        }
        return absl::OkStatus();
      case CommandType::kModuleInstance:
        command.name = StringAt(source, "instance");
        command.module = StringAt(source, "module");
        return absl::OkStatus();
      case CommandType::kAction:
      case CommandType::kAssertTrap:
      case CommandType::kAssertExhaustion:
      case CommandType::kAssertException:
        return ParseActionOf(source, command);
      case CommandType::kAssertReturn:
        return ParseReturn(source, command);
      case CommandType::kThread:
        command.module = StringAt(source, "shared_module");
        command.commands = ParseCommands(source);
        return absl::OkStatus();
      case CommandType::kWait:
        command.name = StringAt(source, "thread");
        return absl::OkStatus();
      case CommandType::kUnsupported:
        return absl::UnimplementedError(
            absl::StrCat("unknown command: ", command.type_name));
      default:
        return absl::OkStatus();
    }
  }

  // A text module may come with its binary form.
  void ParseFile(const json& source, Command& command) {
    const std::string binary = StringAt(source, "binary_filename");
    const std::string file =
        binary.empty() ? StringAt(source, "filename") : binary;
    command.path = absl::StrCat(folder_, "/", file);
    command.is_text =
        binary.empty() && StringAt(source, "module_type") == "text";
  }

  absl::Status ParseActionOf(const json& source, Command& command) {
    auto action = ParseAction(source);
    if (!action.ok()) return action.status();
    command.action = *std::move(action);
    return absl::OkStatus();
  }

  absl::Status ParseReturn(const json& source, Command& command) {
    absl::Status status = ParseActionOf(source, command);
    if (!status.ok()) return status;
    // wast2json's spelling of one result with alternatives.
    const bool either = source.contains("either");
    auto expected = ParseValues(source, either ? "either" : "expected");
    if (!expected.ok()) return expected.status();
    if (either) {
      ScriptValue value;
      value.kind = ScriptValue::Kind::kEither;
      value.alternatives = *std::move(expected);
      command.expected.push_back(std::move(value));
    } else {
      command.expected = *std::move(expected);
    }
    return absl::OkStatus();
  }

  const std::string folder_;
};

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view text,
                                   const std::string& folder) {
  const json source = json::parse(text, /*cb=*/nullptr,
                                  /*allow_exceptions=*/false);
  if (!source.is_object() || !source.contains("commands") ||
      !source["commands"].is_array()) {
    return absl::InvalidArgumentError(
        "not a script: no list of commands, as wast2json writes it");
  }
  return Script{Parser(folder).ParseCommands(source)};
}

absl::StatusOr<Script> ReadScript(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto script =
      ParseScript(text, std::filesystem::path(path).parent_path().string());
  if (script.ok()) return script;
  return absl::Status(script.status().code(),
                      absl::StrCat(path, ": ", script.status().message()));
}

uint64_t CountAssertions(const std::vector<Command>& commands) {
  uint64_t count = 0;
  for (const Command& command : commands) {
    if (command.is_assertion()) ++count;
    count += CountAssertions(command.commands);
  }
  return count;
}

}  // namespace slipway::spec
