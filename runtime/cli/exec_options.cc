#include "runtime/cli/exec_options.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "runtime/cli/compile_options.h"
#include "runtime/cli/policy_arguments.h"

namespace slipway::cli {
namespace {

// --exec names a host file, which must not depend on the working directory.
std::string Absolute(const std::string& program) {
  const size_t split = program.find("::");
  const std::string host = program.substr(0, split);
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(host, error);
  if (error) return program;
  return absl::StrCat(path.string(), "::",
                      split == program.npos ? host : program.substr(split + 2));
}

}  // namespace

std::vector<std::string> OptionsForExec(const Arguments& arguments) {
  std::vector<std::string> words;
  for (const Option& option :
       {kExecOption, kListenOption, kConnectOption, kAllowOption, kDenyOption,
        kCpuOption, kOptimizeOption}) {
    for (const std::string& value : arguments.All(option.name)) {
      words.push_back(absl::StrCat(
          "--", std::string(option.name), "=",
          option.name == kExecOption.name ? Absolute(value) : value));
    }
  }
  return words;
}

}  // namespace slipway::cli
