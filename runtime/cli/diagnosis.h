// What `slipway doctor` says: which calls and functions a program asks for that
// are refused, missing, partial or wanting a grant, and the way out of each.

#ifndef SLIPWAY_RUNTIME_CLI_DIAGNOSIS_H_
#define SLIPWAY_RUNTIME_CLI_DIAGNOSIS_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/cli/module_report.h"

namespace slipway::cli {

enum class Concern {
  kMissing,     // does not compile or link
  kRefused,     // fails whatever is granted
  kWantsGrant,  // works with an option
  kPartial,     // does less than on Linux
};

struct Finding {
  std::string way_out;
  std::string where;  // FILE:LINE of the first use; "" for modules
  int uses = 0;
};

struct Diagnosis {
  // By concern, then by name.
  std::map<Concern, std::map<std::string, Finding>> findings;
  size_t files = 0;  // sources that were read; 0 for a module

  // Whether the program cannot have all that it asks for.
  bool HasTrouble() const;
};

Diagnosis DiagnoseModule(const ModuleReport& report);

// Adds what one source asks for. `path` is how `where` names it.
void DiagnoseSource(const std::string& path, std::string_view text,
                    Diagnosis& diagnosis);

// Reads all sources in C, C++ and assembly below the directory; symbolic links
// are not followed. NotFound: it cannot be read.
absl::StatusOr<Diagnosis> DiagnoseDirectory(const std::string& directory);

// For a terminal: one paragraph for each concern.
std::string DiagnosisText(const std::string& path, const Diagnosis& diagnosis);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_DIAGNOSIS_H_
