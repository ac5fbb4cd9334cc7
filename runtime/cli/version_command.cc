// slipway version: what a bug report should name.

#include <cstdio>

#include "runtime/cli/commands.h"
#include "runtime/cli/module_file.h"
#include "runtime/object/object_format.h"

namespace slipway::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

int Version(const Arguments& arguments) {
  if (!arguments.operands().empty()) {
    return ReportUsage("version", "expects no arguments");
  }
  std::printf("slipway %s (posix1, object format %u, x86-64 Linux)\n", kVersion,
              object::kObjectVersion);
  return 0;
}

}  // namespace

const Command kVersionCommand = {
    .name = "version",
    .operands = "",
    .summary = "Print the version and the interfaces it speaks",
    .description = "",
    .options = {},
    .examples = {},
    .main = Version,
};

}  // namespace slipway::cli
