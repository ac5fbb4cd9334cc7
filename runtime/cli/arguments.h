// Command lines as tables: a Command lists its options once, and parsing, help
// and error messages come from that list.
//
//   constexpr Option kOptions[] = {{"cwd", 0, "DIR", "start in guest DIR"}};
//   absl::StatusOr<Arguments> args = ParseArguments(command, words);
//   if (args->Has("cwd")) Use(args->Last("cwd"));
//
// Accepted forms: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, --switch, -s.
// `--` ends the options. A command that runs a program takes options only
// before it, so that the program's own options need no quoting.

#ifndef SLIPWAY_RUNTIME_CLI_ARGUMENTS_H_
#define SLIPWAY_RUNTIME_CLI_ARGUMENTS_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::cli {

struct Option {
  std::string_view name;   // without dashes
  char letter = 0;         // the short form, or 0
  std::string_view value;  // what --help calls it; empty for a switch
  std::string_view help;   // one sentence, without its stop
};

class Arguments;

struct Command {
  std::string_view name;
  std::string_view operands;  // "PROGRAM.wasm [--] [ARGS…]"
  std::string_view summary;   // one line
  std::string_view description;
  std::span<const Option> options;
  std::span<const std::string_view> examples;
  // Whether options end at the first operand.
  bool runs_program = false;
  // Returns the exit status.
  int (*main)(const Arguments& arguments) = nullptr;
};

class Arguments {
 public:
  bool Has(std::string_view option) const { return !All(option).empty(); }
  // Every value given, in order; a switch has an empty value per use.
  const std::vector<std::string>& All(std::string_view option) const;
  // The last value given, else `otherwise`.
  std::string Last(std::string_view option,
                   std::string_view otherwise = "") const;
  const std::vector<std::string>& operands() const { return operands_; }

 private:
  friend class ArgumentParser;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> operands_;
};

// `words` are those after the command's name. Every command also takes --help
// (-h); the caller acts on it. Errors name the option, and the closest one that
// exists.
absl::StatusOr<Arguments> ParseArguments(const Command& command,
                                         std::span<char* const> words);

// The text of `slipway help NAME`.
std::string HelpText(const Command& command);

// The candidate closest to `word`, or an empty string when none is close.
std::string_view Closest(std::string_view word,
                         std::span<const std::string_view> candidates);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_ARGUMENTS_H_
