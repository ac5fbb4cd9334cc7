// ModuleReport for programs: one JSON object (RFC 8259), complete.

#ifndef SLIPWAY_RUNTIME_CLI_REPORT_JSON_H_
#define SLIPWAY_RUNTIME_CLI_REPORT_JSON_H_

#include <string>
#include <string_view>

#include "runtime/cli/module_report.h"

namespace slipway::cli {

std::string ReportJson(const std::string& path, const ModuleReport& report);

// A quoted JSON string. Bytes that are not UTF-8 pass through: names in a
// module are checked by the decoder.
std::string JsonString(std::string_view text);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_REPORT_JSON_H_
