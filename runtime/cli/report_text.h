// ModuleReport for people.

#ifndef SLIPWAY_RUNTIME_CLI_REPORT_TEXT_H_
#define SLIPWAY_RUNTIME_CLI_REPORT_TEXT_H_

#include <cstddef>
#include <string>

#include "runtime/cli/module_report.h"

namespace slipway::cli {

// Lists at most `max_functions` functions.
std::string ReportText(const std::string& path, const ModuleReport& report,
                       size_t max_functions);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_REPORT_TEXT_H_
