#include "toolchain/driver/sysroot.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace slipway::toolchain {

absl::StatusOr<std::string> FindSysroot(const std::string& executable) {
  namespace fs = std::filesystem;
  std::vector<std::string> candidates;
  if (const char* given = std::getenv("SLIPWAY_SYSROOT"); given != nullptr) {
    candidates = {given};
  } else {
    const fs::path directory = fs::path(executable).parent_path();
    candidates = {
        directory.parent_path() / "share/slipway/sysroot",
        executable + ".runfiles/slipway/posix-shim/sysroot",
        // bin/toolchain/driver/slipway-cc → bin/posix-shim/sysroot
        directory.parent_path().parent_path() / "posix-shim/sysroot",
    };
  }
  for (const std::string& candidate : candidates) {
    std::error_code error;
    if (fs::exists(candidate + "/lib/libc.a", error)) return candidate;
  }
  return absl::NotFoundError(absl::StrCat(
      "no sysroot; looked at ", absl::StrJoin(candidates, ", "),
      ". Set SLIPWAY_SYSROOT to the directory that has include/ and lib/"));
}

}  // namespace slipway::toolchain
