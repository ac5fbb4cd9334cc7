#include "runtime/cli/debugger.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"

namespace slipway::cli {
namespace {

// The command's words, less --gdb.
void AppendWords(const Command& command, const Arguments& arguments,
                 std::vector<std::string>& words) {
  words.emplace_back(command.name);
  for (const Option& option : command.options) {
    if (option.name == kGdbOption.name) continue;
    const std::string name = absl::StrCat("--", std::string(option.name));
    for (const std::string& value : arguments.All(option.name)) {
      words.push_back(option.value.empty() ? name
                                           : absl::StrCat(name, "=", value));
    }
  }
  const std::vector<std::string>& operands = arguments.operands();
  // Nothing that begins with a dash is an option from here on.
  words.push_back(operands[0].starts_with("-") ? "./" + operands[0]
                                               : operands[0]);
  words.emplace_back("--");
  words.insert(words.end(), operands.begin() + 1, operands.end());
}

}  // namespace

absl::Status RunUnderGdb(const Command& command, const Arguments& arguments) {
  std::error_code error;
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("/proc/self/exe: ", error.message()));
  }
  std::vector<std::string> words = {
      "gdb",    "-q",
      "-ex",    "set breakpoint pending on",
      "-ex",    "handle SIGSEGV SIGBUS SIGILL SIGFPE stop print pass",
      "--args", self.string()};
  AppendWords(command, arguments, words);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  if (errno == ENOENT) {
    return absl::FailedPreconditionError(
        "--gdb: there is no gdb on PATH; install the package gdb");
  }
  return absl::UnavailableError(absl::StrCat("gdb: ", strerror(errno)));
}

}  // namespace slipway::cli
