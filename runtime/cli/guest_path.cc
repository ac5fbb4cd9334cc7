#include "runtime/cli/guest_path.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace slipway::cli {
namespace {

// Empty for a path that is not there.
std::string RealPath(const std::string& path) {
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error).string();
  return error ? "" : real;
}

std::string AsDirectory(const std::string& path) {
  return path.ends_with('/') ? path : path + "/";
}

// The one that the guest finds this path in: no two have the same name, and the
// longest wins.
const sandbox::Mount* MountAt(const sandbox::Policy& policy,
                              std::string_view guest_path) {
  const sandbox::Mount* found = nullptr;
  for (const sandbox::Mount& mount : policy.mounts) {
    if (guest_path.starts_with(AsDirectory(mount.guest_path)) &&
        (found == nullptr ||
         mount.guest_path.size() > found->guest_path.size())) {
      found = &mount;
    }
  }
  return found;
}

}  // namespace

std::string GuestPathOf(const sandbox::Policy& policy,
                        const std::string& host_path) {
  const std::string real = RealPath(host_path);
  for (const sandbox::Mount& mount : policy.mounts) {
    const std::string root = RealPath(mount.host_path);
    const std::string directory = AsDirectory(root);
    if (root.empty() || !real.starts_with(directory)) continue;
    const std::string guest_path =
        AsDirectory(mount.guest_path) + real.substr(directory.size());
    // Another mount may lie over it.
    if (MountAt(policy, guest_path) == &mount) return guest_path;
  }
  return "";
}

}  // namespace slipway::cli
