#include "runtime/cli/report_text.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/wasi/names.h"

namespace slipway::cli {
namespace {

constexpr size_t kWidth = 78;

// Words after a label, wrapped below each other.
void AppendWrapped(std::string& text, std::string_view label,
                   const std::vector<std::string>& words) {
  std::string line = absl::StrFormat("  %-10s", std::string(label));
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(&text, line, "\n");
      line = std::string(12, ' ');
    }
    absl::StrAppend(&line, " ", word);
  }
  absl::StrAppend(&text, line, "\n");
}

bool IsPosix(std::string_view module) { return module == "posix1"; }

// The calls of one boundary, whose modules `belongs` knows.
void AppendCalls(std::string& text, const ModuleReport& report,
                 absl::string_view boundary,
                 bool (*belongs)(std::string_view)) {
  std::map<std::string, std::vector<std::string>> by_right;
  std::vector<const ReportImport*> remarkable;
  size_t count = 0;
  for (const ReportImport& import : report.imports) {
    if (!belongs(import.module)) continue;
    ++count;
    const std::string right = import.row == nullptr ? "unknown"
                              : import.row->right.empty()
                                  ? "refused"
                                  : std::string(import.row->right);
    by_right[right].push_back(import.name);
    if (import.row != nullptr && import.row->level != "full") {
      remarkable.push_back(&import);
    }
  }
  if (count == 0) return;
  absl::StrAppend(&text, "\n", boundary, " imports (", count,
                  "), by the right that each needs:\n");
  for (auto& [right, names] : by_right) {
    std::sort(names.begin(), names.end());
    AppendWrapped(text, right, names);
  }
  if (remarkable.empty()) return;
  text += "\nof these, not complete:\n";
  for (const ReportImport* import : remarkable) {
    absl::StrAppendFormat(&text, "  %-20s %s: %s\n", import->name,
                          std::string(import->row->level),
                          std::string(import->row->remark));
  }
}

void AppendOtherImports(std::string& text, const ModuleReport& report) {
  bool first = true;
  for (const ReportImport& import : report.imports) {
    if (IsPosix(import.module) || wasi::IsWasi(import.module)) continue;
    if (first) text += "\nother imports:\n";
    first = false;
    absl::StrAppendFormat(&text, "  %-36s %s %s\n",
                          absl::StrCat(import.module, ".", import.name),
                          import.kind, import.type);
  }
}

void AppendExports(std::string& text, const ModuleReport& report) {
  if (report.exports.empty()) return;
  absl::StrAppend(&text, "\nexports (", report.exports.size(), "):\n");
  for (const ReportExport& entry : report.exports) {
    absl::StrAppendFormat(&text, "  %-36s %s %s\n", entry.name, entry.kind,
                          entry.type);
  }
}

void AppendFunctions(std::string& text, const ModuleReport& report,
                     size_t max_functions) {
  const size_t shown = std::min(max_functions, report.functions.size());
  if (shown == 0) return;
  absl::StrAppend(&text, "\nlargest functions (", shown, " of ",
                  report.functions.size(), "):\n     bytes  share  name\n");
  for (size_t i = 0; i < shown; ++i) {
    const ReportFunction& function = report.functions[i];
    absl::StrAppendFormat(&text, "%10d %5.1f%%  %s\n", function.size,
                          100.0 * static_cast<double>(function.size) /
                              static_cast<double>(report.code_size),
                          function.name);
  }
}

}  // namespace

std::string ReportText(const std::string& path, const ModuleReport& report,
                       size_t max_functions) {
  std::string text = absl::StrFormat(
      "%s: %d bytes: %d of code in %d functions, %d of data\n\n", path,
      report.file_size, report.code_size, report.functions.size(),
      report.data_size);
  AppendWrapped(text, "features", report.features);
  for (const std::string& memory : report.memories) {
    absl::StrAppend(&text, "  memory     ", memory, "\n");
  }
  for (const std::string& table : report.tables) {
    absl::StrAppend(&text, "  table      ", table, "\n");
  }
  if (!report.needed.empty()) AppendWrapped(text, "needs", report.needed);
  AppendCalls(text, report, "posix1", IsPosix);
  AppendCalls(text, report, "WASI", wasi::IsWasi);
  AppendOtherImports(text, report);
  AppendExports(text, report);
  AppendFunctions(text, report, max_functions);
  return text;
}

}  // namespace slipway::cli
