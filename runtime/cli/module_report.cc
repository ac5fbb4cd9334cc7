#include "runtime/cli/module_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/cli/features.h"
#include "runtime/cli/module_file.h"
#include "runtime/wasi/names.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/validator.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kPosixModule = "posix1";

// "i64 shared 3..16777216", in the limits' own unit.
std::string LimitsText(const wasm::Limits& limits) {
  std::string text = limits.is64 ? "i64" : "i32";
  if (limits.shared) text += " shared";
  absl::StrAppend(&text, " ", limits.min, "..");
  if (limits.max.has_value()) absl::StrAppend(&text, *limits.max);
  return text;
}

std::string MemoryText(const wasm::MemoryType& type) {
  return LimitsText(type.limits) + " pages of 64 KiB";
}

std::string TableText(const wasm::TableType& type) {
  return absl::StrCat(LimitsText(type.limits), " of ", type.element.ToString());
}

std::string GlobalText(const wasm::GlobalType& type) {
  return type.is_mutable ? absl::StrCat("mut ", type.value.ToString())
                         : type.value.ToString();
}

std::string TypeText(const wasm::Module& module, wasm::ExternKind kind,
                     uint32_t index) {
  switch (kind) {
    case wasm::ExternKind::kFunction:
      return module.function_type(index).ToString();
    case wasm::ExternKind::kTable:
      return TableText(module.tables[index].type);
    case wasm::ExternKind::kMemory:
      return MemoryText(module.memories[index]);
    case wasm::ExternKind::kGlobal:
      return GlobalText(module.globals[index].type);
    case wasm::ExternKind::kTag:
      return module.types[module.tags[index].type_index].ToString();
  }
  return "";
}

void AddImports(const wasm::Module& module, ModuleReport& report) {
  for (const wasm::Import& import : module.imports) {
    ReportImport entry;
    entry.module = import.module;
    entry.name = import.name;
    entry.kind = wasm::ExternKindName(import.kind);
    entry.type = TypeText(module, import.kind, import.index);
    if (import.kind == wasm::ExternKind::kFunction) {
      if (import.module == kPosixModule) entry.row = FindPosixRow(import.name);
      if (wasi::IsWasi(import.module)) entry.row = FindWasiRow(import.name);
    }
    report.imports.push_back(std::move(entry));
  }
}

void AddFunctions(const wasm::Module& module, ModuleReport& report) {
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    const uint32_t index = module.imported_functions + i;
    const uint64_t size = module.bodies[i].bytes.size();
    report.code_size += size;
    report.functions.push_back({index, module.FunctionName(index), size});
  }
  std::sort(report.functions.begin(), report.functions.end(),
            [](const ReportFunction& a, const ReportFunction& b) {
              return a.size != b.size ? a.size > b.size : a.index < b.index;
            });
}

}  // namespace

absl::StatusOr<ModuleReport> MakeReport(const wasm::Module& module) {
  if (absl::Status valid = wasm::ValidateModule(module); !valid.ok()) {
    return valid;
  }
  ModuleReport report;
  FeatureSet features;
  if (absl::Status found = FindFeatures(module, features); !found.ok()) {
    return found;
  }
  report.features.assign(features.begin(), features.end());
  report.file_size = module.bytes.size();
  for (const wasm::DataSegment& segment : module.data) {
    report.data_size += segment.bytes.size();
  }
  for (const wasm::MemoryType& type : module.memories) {
    report.memories.push_back(MemoryText(type));
  }
  for (const wasm::Table& table : module.tables) {
    report.tables.push_back(TableText(table.type));
  }
  AddImports(module, report);
  for (const wasm::Export& entry : module.exports) {
    report.exports.push_back({std::string(entry.name),
                              std::string(wasm::ExternKindName(entry.kind)),
                              TypeText(module, entry.kind, entry.index)});
  }
  AddFunctions(module, report);
  if (module.dylink.has_value()) {
    for (const std::string_view library : module.dylink->needed) {
      report.needed.emplace_back(library);
    }
  }
  return report;
}

absl::StatusOr<ModuleReport> ReadReport(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadModuleFile(path);
  if (!bytes.ok()) return bytes.status();
  const auto module = wasm::DecodeModule(wasm::AsBytes(*bytes));
  absl::StatusOr<ModuleReport> report =
      module.ok() ? MakeReport(*module) : module.status();
  if (report.ok()) return report;
  return absl::Status(report.status().code(),
                      absl::StrCat(path, ": ", report.status().message()));
}

}  // namespace slipway::cli
