#include "runtime/cli/report_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace slipway::cli {
namespace {

std::string StringArray(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", JsonString(item));
  }
  return text + "]";
}

std::string ImportJson(const ReportImport& import) {
  std::string text = absl::StrCat("{\"module\": ", JsonString(import.module),
                                  ", \"name\": ", JsonString(import.name),
                                  ", \"kind\": ", JsonString(import.kind),
                                  ", \"type\": ", JsonString(import.type));
  if (import.row != nullptr) {
    absl::StrAppend(&text, ", \"level\": ", JsonString(import.row->level));
    if (!import.row->right.empty()) {
      absl::StrAppend(&text, ", \"right\": ", JsonString(import.row->right));
    }
    if (!import.row->remark.empty()) {
      absl::StrAppend(&text, ", \"remark\": ", JsonString(import.row->remark));
    }
  }
  return text + "}";
}

std::string ExportJson(const ReportExport& entry) {
  return absl::StrCat("{\"name\": ", JsonString(entry.name),
                      ", \"kind\": ", JsonString(entry.kind),
                      ", \"type\": ", JsonString(entry.type), "}");
}

std::string FunctionJson(const ReportFunction& function) {
  return absl::StrCat("{\"index\": ", function.index,
                      ", \"name\": ", JsonString(function.name),
                      ", \"size\": ", function.size, "}");
}

// One element per line.
template <typename T>
std::string ObjectArray(const std::vector<T>& items,
                        std::string (*json)(const T&)) {
  std::string text = "[";
  for (const T& item : items) {
    absl::StrAppend(&text, text.size() > 1 ? ",\n    " : "\n    ", json(item));
  }
  return text + (items.empty() ? "]" : "\n  ]");
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", c);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string ReportJson(const std::string& path, const ModuleReport& report) {
  return absl::StrCat(
      "{\n  \"file\": ", JsonString(path), ",\n  \"size\": ", report.file_size,
      ",\n  \"code_size\": ", report.code_size,
      ",\n  \"data_size\": ", report.data_size,
      ",\n  \"features\": ", StringArray(report.features),
      ",\n  \"memories\": ", StringArray(report.memories),
      ",\n  \"tables\": ", StringArray(report.tables),
      ",\n  \"needed\": ", StringArray(report.needed),
      ",\n  \"imports\": ", ObjectArray(report.imports, ImportJson),
      ",\n  \"exports\": ", ObjectArray(report.exports, ExportJson),
      ",\n  \"functions\": ", ObjectArray(report.functions, FunctionJson),
      "\n}\n");
}

}  // namespace slipway::cli
