// slipway doctor: what will not work, before it does not.

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/statusor.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/diagnosis.h"
#include "runtime/cli/module_file.h"
#include "runtime/cli/module_report.h"

namespace slipway::cli {
namespace {

absl::StatusOr<Diagnosis> DiagnoseFile(const std::string& path) {
  const absl::StatusOr<ModuleReport> report = ReadReport(path);
  if (!report.ok()) return report.status();
  return DiagnoseModule(*report);
}

int Doctor(const Arguments& arguments) {
  if (arguments.operands().size() != 1) {
    return ReportUsage("doctor", "expects one program or directory");
  }
  const std::string& path = arguments.operands()[0];
  std::error_code error;
  const absl::StatusOr<Diagnosis> diagnosis =
      std::filesystem::is_directory(path, error) ? DiagnoseDirectory(path)
                                                 : DiagnoseFile(path);
  if (!diagnosis.ok()) return Report(diagnosis.status());
  std::fputs(DiagnosisText(path, *diagnosis).c_str(), stdout);
  return diagnosis->HasTrouble() ? 1 : 0;
}

constexpr std::string_view kExamples[] = {
    "slipway doctor redis-server.wasm",
    "slipway doctor ./redis-7.0.15",
};

}  // namespace

const Command kDoctorCommand = {
    .name = "doctor",
    .operands = "PROGRAM.wasm | SOURCE_DIR",
    .summary = "Say what a program asks for that is refused or partial",
    .description =
        "A program is judged by the calls that it imports; a directory by the\n"
        "headers, functions, system calls and assembly in its sources in C "
        "and\n"
        "C++. Each finding comes with the way out. The exit status is 1 when\n"
        "something is missing or refused, else 0.",
    .options = {},
    .examples = kExamples,
    .main = Doctor,
};

}  // namespace slipway::cli
