// What `slipway inspect` says about a module, as data; report_text.h and
// report_json.h print it.

#ifndef SLIPWAY_RUNTIME_CLI_MODULE_REPORT_H_
#define SLIPWAY_RUNTIME_CLI_MODULE_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/cli/posix_rows.h"
#include "runtime/wasm/module.h"

namespace slipway::cli {

struct ReportImport {
  std::string module;
  std::string name;
  std::string kind;  // "function", "memory", …
  std::string type;
  // Of functions of posix1 and WASI that exist; null otherwise.
  const PosixRow* row = nullptr;
};

struct ReportExport {
  std::string name;
  std::string kind;
  std::string type;
};

struct ReportFunction {
  uint32_t index = 0;
  std::string name;
  uint64_t size = 0;  // bytes of its code entry
};

struct ModuleReport {
  uint64_t file_size = 0;             // bytes
  uint64_t code_size = 0;             // bytes of all function bodies
  uint64_t data_size = 0;             // bytes of all data segments
  std::vector<std::string> features;  // proposals in use, sorted
  std::vector<std::string> memories;  // their types, imported ones first
  std::vector<std::string> tables;
  std::vector<ReportImport> imports;
  std::vector<ReportExport> exports;
  std::vector<ReportFunction> functions;  // largest first
  std::vector<std::string> needed;        // dylink.0 libraries
};

// Validates the whole module on the way, because features are found in its
// instructions; the error is the decoder's or validator's.
absl::StatusOr<ModuleReport> MakeReport(const wasm::Module& module);

// Of a file: errors of ReadModuleFile and of MakeReport, with the path before
// them.
absl::StatusOr<ModuleReport> ReadReport(const std::string& path);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_MODULE_REPORT_H_
