#include "runtime/sandbox/policy_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace slipway::sandbox {
namespace {

absl::Status Malformed(absl::string_view option, absl::string_view text,
                       absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(option, " \"", text, "\": ", problem));
}

// The path without ".", empty components and trailing slashes; nullopt when it
// is relative or has a "..".
std::optional<std::string> NormalGuestPath(absl::string_view path) {
  if (!absl::StartsWith(path, "/")) return std::nullopt;
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (part == "..") return std::nullopt;
    if (part != ".") parts.push_back(part);
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

// The path that a guest sees when the option names none: absolute, so that the
// directory slipway runs in has the same name inside. "" when it has none.
std::string HostPathFromRoot(const std::string& path) {
  std::error_code error;
  return std::filesystem::absolute(path, error).lexically_normal().string();
}

constexpr absl::string_view kGuestPathRule =
    "the guest's path must be absolute and without \"..\"";

}  // namespace

absl::StatusOr<Mount> ParseMount(absl::string_view text) {
  Mount mount;
  absl::string_view rest = text;
  mount.read_only = absl::ConsumeSuffix(&rest, ":ro");
  const size_t split = rest.find("::");
  mount.host_path = std::string(rest.substr(0, split));
  if (mount.host_path.empty()) {
    return Malformed("--dir", text, "expected HOST[::GUEST][:ro]");
  }
  const std::string guest = split == absl::string_view::npos
                                ? HostPathFromRoot(mount.host_path)
                                : std::string(rest.substr(split + 2));
  const std::optional<std::string> normal = NormalGuestPath(guest);
  if (!normal) return Malformed("--dir", text, kGuestPathRule);
  mount.guest_path = *normal;
  return mount;
}

absl::StatusOr<HostProgram> ParseProgram(absl::string_view text) {
  const size_t split = text.find("::");
  HostProgram program;
  program.host_path = std::string(text.substr(0, split));
  if (program.host_path.empty()) {
    return Malformed("--exec", text, "expected HOST[::GUEST]");
  }
  const absl::string_view guest =
      split == absl::string_view::npos ? text : text.substr(split + 2);
  const std::optional<std::string> normal = NormalGuestPath(guest);
  if (!normal || *normal == "/") {
    return Malformed("--exec", text, kGuestPathRule);
  }
  program.guest_path = *normal;
  return program;
}

absl::StatusOr<std::string> ParseEnv(absl::string_view text,
                                     const char* (*lookup)(const char*)) {
  const size_t equals = text.find('=');
  if (text.empty() || equals == 0) {
    return Malformed("--env", text, "expected NAME=value or NAME");
  }
  if (equals != absl::string_view::npos) return std::string(text);
  const std::string name(text);
  const char* value = lookup(name.c_str());
  if (value == nullptr) {
    return Malformed("--env", text, "not set here; give it as NAME=value");
  }
  return absl::StrCat(name, "=", value);
}

std::string StartingDirectory(const std::vector<Mount>& mounts,
                              const std::string& here) {
  std::string inside = "/";
  size_t deepest = 0;
  for (const Mount& mount : mounts) {
    std::error_code error;
    const std::string around =
        std::filesystem::canonical(mount.host_path, error).string();
    const std::string prefix = around == "/" ? "" : around;
    // A descriptor of a file system that is mounted nowhere has no path.
    const bool holds =
        !error && std::filesystem::equivalent(around, mount.host_path, error) &&
        absl::StartsWith(here, prefix) &&
        (here.size() == prefix.size() || here[prefix.size()] == '/');
    if (!holds || around.size() < deepest) continue;
    deepest = around.size();
    inside = NormalGuestPath(absl::StrCat(mount.guest_path, "/",
                                          here.substr(prefix.size())))
                 .value_or("/");
  }
  return inside;
}

absl::StatusOr<std::string> ParseCwd(absl::string_view text) {
  const std::optional<std::string> normal = NormalGuestPath(text);
  if (!normal) return Malformed("--cwd", text, kGuestPathRule);
  return *normal;
}

absl::StatusOr<Right> ParseRight(absl::string_view text) {
  const std::optional<Right> right =
      FindRight(std::string_view(text.data(), text.size()));
  if (right) return *right;
  std::string names;
#define POSIX_RIGHT(name, by_default, meaning) \
  absl::StrAppend(&names, " ", #name);
#include "posix-shim/abi/rights.def"
#undef POSIX_RIGHT
  return Malformed("right", text, absl::StrCat("expected one of", names));
}

absl::Status CheckMounts(const Policy& policy) {
  for (size_t i = 0; i < policy.mounts.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (policy.mounts[i].guest_path == policy.mounts[j].guest_path) {
        return Malformed("--dir", policy.mounts[i].guest_path,
                         "two directories at the same guest path");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace slipway::sandbox
