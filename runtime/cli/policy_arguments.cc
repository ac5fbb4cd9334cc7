#include "runtime/cli/policy_arguments.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/sandbox/address_grant.h"
#include "runtime/sandbox/policy_options.h"
#include "runtime/sandbox/rights.h"

namespace slipway::cli {
namespace {

const char* HostEnvironment(const char* name) { return std::getenv(name); }

// Calls `use` with every value of the option, as `parse` reads it.
template <typename Parse, typename Use>
absl::Status ForEach(const Arguments& arguments, const Option& option,
                     Parse parse, Use use) {
  for (const std::string& value : arguments.All(option.name)) {
    auto parsed = parse(value);
    if (!parsed.ok()) return parsed.status();
    use(*std::move(parsed));
  }
  return absl::OkStatus();
}

absl::Status AddAddresses(const Arguments& arguments, const Option& option,
                          std::vector<sandbox::AddressGrant>& grants) {
  const absl::Status status = ForEach(
      arguments, option, sandbox::ParseAddress,
      [&](sandbox::AddressGrant grant) { grants.push_back(std::move(grant)); });
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("--", std::string(option.name), ": ", status.message()));
}

}  // namespace

absl::StatusOr<sandbox::Policy> PolicyOf(const Arguments& arguments) {
  sandbox::Policy policy;
  absl::Status status;
  status.Update(ForEach(arguments, kDirOption, sandbox::ParseMount,
                        [&](sandbox::Mount mount) {
                          policy.mounts.push_back(std::move(mount));
                        }));
  status.Update(ForEach(arguments, kExecOption, sandbox::ParseProgram,
                        [&](sandbox::HostProgram program) {
                          policy.programs.push_back(std::move(program));
                        }));
  status.Update(AddAddresses(arguments, kListenOption, policy.listen));
  status.Update(AddAddresses(arguments, kConnectOption, policy.connect));
  status.Update(ForEach(
      arguments, kEnvOption,
      [](const std::string& text) {
        return sandbox::ParseEnv(text, HostEnvironment);
      },
      [&](std::string entry) { policy.env.push_back(std::move(entry)); }));
  std::error_code error;
  policy.cwd = sandbox::StartingDirectory(
      policy.mounts, std::filesystem::current_path(error).string());
  status.Update(ForEach(arguments, kCwdOption, sandbox::ParseCwd,
                        [&](std::string cwd) { policy.cwd = std::move(cwd); }));
  status.Update(
      ForEach(arguments, kAllowOption, sandbox::ParseRight,
              [&](sandbox::Right right) { policy.rights.Add(right); }));
  status.Update(
      ForEach(arguments, kDenyOption, sandbox::ParseRight,
              [&](sandbox::Right right) { policy.rights.Remove(right); }));
  status.Update(sandbox::CheckMounts(policy));
  if (!status.ok()) return status;
  return policy;
}

}  // namespace slipway::cli
