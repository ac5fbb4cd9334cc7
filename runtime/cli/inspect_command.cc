// slipway inspect: what a module asks for, without running it.

#include <cstdio>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/module_file.h"
#include "runtime/cli/module_report.h"
#include "runtime/cli/report_json.h"
#include "runtime/cli/report_text.h"

namespace slipway::cli {
namespace {

int Inspect(const Arguments& arguments) {
  if (arguments.operands().size() != 1) {
    return ReportUsage("inspect", "expects one module");
  }
  size_t functions = 20;
  const std::string count = arguments.Last("functions", "20");
  if (count == "all") {
    functions = std::numeric_limits<size_t>::max();
  } else if (!absl::SimpleAtoi(count, &functions)) {
    return ReportUsage("inspect", "--functions takes a number, or all");
  }
  const std::string& path = arguments.operands()[0];
  const absl::StatusOr<ModuleReport> report = ReadReport(path);
  if (!report.ok()) return Report(report.status());
  const std::string text = arguments.Has("json")
                               ? ReportJson(path, *report)
                               : ReportText(path, *report, functions);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

constexpr Option kOptions[] = {
    {"json", 0, "", "print everything as one JSON object"},
    {"functions", 0, "N", "list the N largest functions (20), or all"},
};

constexpr std::string_view kExamples[] = {
    "slipway inspect redis-server.wasm",
    "slipway inspect --functions all app.wasm",
    "slipway inspect --json app.wasm | jq '.imports[].right' | sort | uniq -c",
};

}  // namespace

const Command kInspectCommand = {
    .name = "inspect",
    .operands = "MODULE.wasm",
    .summary =
        "Show what a module imports, exports and uses, without running it",
    .description =
        "The import section says exactly what a program can ask of its host:\n"
        "each posix1 call is listed under the right that it needs.",
    .options = kOptions,
    .examples = kExamples,
    .main = Inspect,
};

}  // namespace slipway::cli
