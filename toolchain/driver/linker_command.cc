#include "toolchain/driver/linker_command.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"

namespace slipway::toolchain {
namespace {

// The same for the driver: with a value that follows, attached to it, or none.
constexpr const char* kWithValue[] = {"-o", "-L", "-l"};
constexpr const char* kAttached[] = {"-L", "-l"};
// For the linker alone, with a value that follows.
constexpr const char* kOfLinker[] = {
    "-soname", "--soname", "-h",          "-rpath",
    "--rpath", "-Map",     "-rpath-link", "--rpath-link",
    "-z",      "-m",       "-e",          "--version-script",
    "-u",      "-T",       "-y",          "--dynamic-list",
};
constexpr const char* kPlain[] = {"-r", "-s", "-shared", "-static"};

template <typename List>
bool IsIn(const List& list, const std::string& argument) {
  return std::find(std::begin(list), std::end(list), argument) !=
         std::end(list);
}

bool IsAttached(const std::string& argument) {
  return std::any_of(
      std::begin(kAttached), std::end(kAttached),
      [&](const char* flag) { return absl::StartsWith(argument, flag); });
}

}  // namespace

bool AsksForLinker(const std::vector<std::string>& arguments) {
  constexpr const char* kQuestions[] = {"-v", "-V", "--version", "--help"};
  return std::any_of(
      arguments.begin(), arguments.end(),
      [&](const std::string& each) { return IsIn(kQuestions, each); });
}

std::vector<std::string> CompilerArguments(
    const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  bool shared = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string argument =
        arguments[i] == "-Bshareable" ? "-shared" : arguments[i];
    shared = shared || argument == "-shared";
    if (IsIn(kWithValue, argument)) {
      result.push_back(argument);
      if (i + 1 < arguments.size()) result.push_back(arguments[++i]);
    } else if (!absl::StartsWith(argument, "-") || IsAttached(argument) ||
               IsIn(kPlain, argument)) {
      result.push_back(argument);
    } else {
      result.insert(result.end(), {"-Xlinker", argument});
      if (IsIn(kOfLinker, argument) && i + 1 < arguments.size()) {
        result.insert(result.end(), {"-Xlinker", arguments[++i]});
      }
    }
  }
  if (!shared) result.push_back("-nostdlib");
  return result;
}

}  // namespace slipway::toolchain
