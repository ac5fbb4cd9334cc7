#include "runtime/cli/module_file.h"

#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/cache/file.h"
#include "runtime/cli/exit_status.h"
#include "runtime/wasm/decoder.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kMagic("\0asm", 4);
constexpr std::string_view kVersion("\1\0\0\0", 4);
constexpr std::string_view kComponent("\x0d\0\1\0", 4);

// What the file is instead of a module, as far as its first bytes say.
std::string_view Guess(std::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  if (bytes.starts_with("\x7f"
                        "ELF"))
    return "a native ELF file";
  if (bytes.starts_with("#!")) return "a script";
  if (bytes.starts_with("(module")) {
    return "the text format; assemble it first";
  }
  return "no \\0asm magic number";
}

absl::Status CheckHeader(const std::string& path, std::string_view bytes) {
  const auto invalid = [&path](int offset, std::string_view message) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: offset 0x%x: %s", path, offset, std::string(message)));
  };
  if (!bytes.starts_with(kMagic)) {
    return invalid(0, absl::StrCat("not a WebAssembly module (",
                                   std::string(Guess(bytes)), ")"));
  }
  const std::string_view version = bytes.substr(4, 4);
  if (version == kVersion) return absl::OkStatus();
  if (version.size() < 4) return invalid(4, "the file ends in its header");
  if (version == kComponent) {
    return invalid(4, "a component, not a core module");
  }
  return invalid(4, "unknown version of the binary format");
}

}  // namespace

absl::StatusOr<std::string> ReadModuleFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0) {
    const absl::Status size =
        wasm::CheckModuleSize(static_cast<uint64_t>(info.st_size));
    if (!size.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", size.message()));
    }
  }
  absl::StatusOr<std::string> bytes = cache::ReadFile(path);
  if (!bytes.ok()) return bytes;
  if (absl::Status header = CheckHeader(path, *bytes); !header.ok()) {
    return header;
  }
  return bytes;
}

int Report(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kAborted) {
    std::fprintf(stderr, "slipway: %s\n",
                 std::string(status.message()).c_str());
  }
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kFailedPrecondition:
      return kExitUsage;
    default:
      return kExitCannotRun;
  }
}

int ReportUsage(std::string_view command, std::string_view message) {
  const std::string name(command);
  std::fprintf(stderr, "slipway %s: %s\nTry 'slipway %s --help'.\n",
               name.c_str(), std::string(message).c_str(), name.c_str());
  return kExitUsage;
}

}  // namespace slipway::cli
