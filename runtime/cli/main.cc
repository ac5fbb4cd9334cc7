// slipway: runs programs built for memory64 WebAssembly in a sandbox. This file
// only finds the subcommand; see commands.h.

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/cli/arguments.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_status.h"
#include "runtime/cli/module_file.h"
#include "runtime/cli/resume.h"

namespace slipway::cli {
namespace {

constexpr const Command* kCommands[] = {
    &kRunCommand,     &kTraceCommand,  &kCompileCommand,
    &kInspectCommand, &kDoctorCommand, &kVersionCommand,
};

constexpr char kIntroduction[] =
    "Usage: slipway COMMAND [OPTIONS] …\n\n"
    "Runs programs built for memory64 WebAssembly. A program gets nothing "
    "that\n"
    "was not granted: no directory, no address, no environment.\n\n"
    "Commands:\n";
constexpr char kExamples[] =
    "\nExamples:\n"
    "  slipway run hello.wasm\n"
    "  slipway run --dir ./data::/data --listen :6379 redis-server.wasm -- \\\n"
    "      --dir /data\n"
    "  slipway help run\n\n"
    "Exit status: the program's own; 125 for a mistake in options or policy,\n"
    "126 when the file cannot be run, 127 when there is no such file, and\n"
    "128 + N when the program dies of signal N.\n";

const Command* FindCommand(std::string_view name) {
  for (const Command* command : kCommands) {
    if (command->name == name) return command;
  }
  return nullptr;
}

int UnknownCommand(std::string_view name) {
  std::vector<std::string_view> names = {"help"};
  for (const Command* command : kCommands) names.push_back(command->name);
  const std::string close(Closest(name, names));
  std::fprintf(stderr, "slipway: unknown command %s%s%s%s\n",
               std::string(name).c_str(),
               close.empty() ? "" : " (did you mean ", close.c_str(),
               close.empty() ? "" : "?)");
  std::fprintf(stderr, "Try 'slipway help'.\n");
  return kExitUsage;
}

void PrintOverview(FILE* to) {
  std::fputs(kIntroduction, to);
  for (const Command* command : kCommands) {
    std::fprintf(to, "  %-9s %s\n", std::string(command->name).c_str(),
                 std::string(command->summary).c_str());
  }
  std::fprintf(to, "  %-9s %s\n", "help", "Show this, or a command's options");
  std::fputs(kExamples, to);
}

int Help(std::span<char* const> words) {
  if (words.empty()) {
    PrintOverview(stdout);
    return 0;
  }
  const Command* command = FindCommand(words[0]);
  if (command == nullptr) return UnknownCommand(words[0]);
  std::fputs(HelpText(*command).c_str(), stdout);
  return 0;
}

int Main(std::span<char* const> words) {
  if (words.empty()) {
    PrintOverview(stderr);
    return kExitUsage;
  }
  const std::string_view name = words[0];
  words = words.subspan(1);
  if (name == "help" || name == "--help" || name == "-h") return Help(words);
  const Command* command = FindCommand(name == "--version" ? "version" : name);
  if (command == nullptr) return UnknownCommand(name);
  const absl::StatusOr<Arguments> arguments = ParseArguments(*command, words);
  if (!arguments.ok()) {
    return ReportUsage(name, std::string(arguments.status().message()));
  }
  if (arguments->Has("help")) {
    std::fputs(HelpText(*command).c_str(), stdout);
    return 0;
  }
  return command->main(*arguments);
}

}  // namespace
}  // namespace slipway::cli

int main(int argc, char** argv) {
  if (slipway::cli::IsResumed()) return slipway::cli::Resume();
  return slipway::cli::Main(std::span<char* const>(
      argv + 1, static_cast<size_t>(argc > 0 ? argc - 1 : 0)));
}
