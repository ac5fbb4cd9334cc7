#include "runtime/cli/diagnosis.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <span>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/cache/file.h"
#include "runtime/cli/source_facts.h"
#include "runtime/cli/source_scan.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kSources[] = {
    ".c",  ".cc",  ".cpp", ".cxx", ".c++", ".C",   ".h",
    ".hh", ".hpp", ".hxx", ".h++", ".inc", ".ipp",
};
constexpr std::string_view kAssembly[] = {".S", ".s", ".asm"};
constexpr std::string_view kAssemblyWayOut =
    "there is no assembler for wasm; configure the portable code (no-asm, "
    "--disable-asm, -DNO_ASM), or see that it is chosen by processor";

// Rights that a guest has only when they are given: rights.def.
bool IsOffByDefault(std::string_view right) {
#define POSIX_RIGHT(name, by_default, meaning) \
  if (right == #name) return !by_default;
#include "posix-shim/abi/rights.def"
#undef POSIX_RIGHT
  return false;
}

void Add(Diagnosis& diagnosis, Concern concern, std::string_view name,
         std::string_view way_out, const std::string& where) {
  Finding& finding = diagnosis.findings[concern][std::string(name)];
  if (finding.uses++ > 0) return;
  finding.way_out = std::string(way_out);
  finding.where = where;
}

void AddRow(Diagnosis& diagnosis, const PosixRow& row,
            const std::string& where) {
  if (row.level == "refused") {
    Add(diagnosis, Concern::kRefused, row.name, row.remark, where);
  } else if (IsOffByDefault(row.right)) {
    Add(diagnosis, Concern::kWantsGrant, row.name,
        absl::StrCat("--allow ", std::string(row.right)), where);
  } else if (row.level == "partial") {
    Add(diagnosis, Concern::kPartial, row.name, row.remark, where);
  }
}

const SourceFact* Find(std::span<const SourceFact> facts,
                       std::string_view name) {
  const auto found =
      std::find_if(facts.begin(), facts.end(),
                   [&](const SourceFact& fact) { return fact.name == name; });
  return found == facts.end() ? nullptr : &*found;
}

void AddCall(Diagnosis& diagnosis, std::string_view name,
             const std::string& where) {
  if (const SourceFact* fact = Find(MissingFunctions(), name)) {
    Add(diagnosis, Concern::kMissing, name, fact->way_out, where);
  } else if (const SourceFact* fact = Find(PartialFunctions(), name)) {
    Add(diagnosis, Concern::kPartial, name, fact->way_out, where);
  } else if (const PosixRow* row = FindPosixRow(name)) {
    AddRow(diagnosis, *row, where);
  }
}

void AddUse(Diagnosis& diagnosis, SourceUse use, std::string_view name,
            const std::string& where) {
  switch (use) {
    case SourceUse::kHeader:
      if (const SourceFact* fact = Find(MissingHeaders(), name)) {
        Add(diagnosis, Concern::kMissing,
            absl::StrCat("<", std::string(name), ">"), fact->way_out, where);
      }
      return;
    case SourceUse::kNumber:
      if (const PosixRow* row = FindPosixRow(name)) {
        AddRow(diagnosis, *row, where);
      }
      return;
    case SourceUse::kAssembly:
      return Add(diagnosis, Concern::kMissing, "assembly", kAssemblyWayOut,
                 where);
    case SourceUse::kCall:
      return AddCall(diagnosis, name, where);
  }
}

template <typename List>
bool EndsInOneOf(const List& list, std::string_view suffix) {
  return std::find(std::begin(list), std::end(list), suffix) != std::end(list);
}

absl::Status AddFile(const std::string& root, const std::string& path,
                     Diagnosis& diagnosis) {
  const std::string suffix = std::filesystem::path(path).extension();
  const std::string name = path.substr(std::min(root.size() + 1, path.size()));
  if (EndsInOneOf(kAssembly, suffix)) {
    ++diagnosis.files;
    Add(diagnosis, Concern::kMissing, "assembly", kAssemblyWayOut,
        absl::StrCat(name, ":1"));
    return absl::OkStatus();
  }
  if (!EndsInOneOf(kSources, suffix)) return absl::OkStatus();
  const absl::StatusOr<std::string> text = cache::ReadFile(path);
  if (!text.ok()) return text.status();
  ++diagnosis.files;
  DiagnoseSource(name, *text, diagnosis);
  return absl::OkStatus();
}

struct Heading {
  Concern concern;
  absl::string_view text;
};

constexpr Heading kHeadings[] = {
    {Concern::kMissing, "missing: does not compile or link"},
    {Concern::kRefused,
     "refused: the call fails so; programs that test for it do without"},
    {Concern::kWantsGrant, "by a grant of slipway run (docs/capabilities.md)"},
    {Concern::kPartial, "partial: differs from Linux in this"},
};

}  // namespace

bool Diagnosis::HasTrouble() const {
  return findings.contains(Concern::kMissing) ||
         findings.contains(Concern::kRefused);
}

Diagnosis DiagnoseModule(const ModuleReport& report) {
  Diagnosis diagnosis;
  for (const ReportImport& import : report.imports) {
    if (import.row != nullptr) AddRow(diagnosis, *import.row, "");
  }
  return diagnosis;
}

void DiagnoseSource(const std::string& path, std::string_view text,
                    Diagnosis& diagnosis) {
  ScanSource(text, [&](SourceUse use, std::string_view name, int line) {
    AddUse(diagnosis, use, name, absl::StrCat(path, ":", line));
  });
}

absl::StatusOr<Diagnosis> DiagnoseDirectory(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> paths;
  fs::recursive_directory_iterator entries(directory, error);
  for (; !error && entries != fs::recursive_directory_iterator();
       entries.increment(error)) {
    std::error_code ignored;
    if (fs::is_regular_file(entries->symlink_status(ignored))) {
      paths.push_back(entries->path());
    }
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
  }
  std::sort(paths.begin(), paths.end());
  Diagnosis diagnosis;
  for (const std::string& path : paths) {
    const absl::Status status = AddFile(directory, path, diagnosis);
    if (!status.ok()) return status;
  }
  return diagnosis;
}

std::string DiagnosisText(const std::string& path, const Diagnosis& diagnosis) {
  std::string text = path;
  if (diagnosis.files > 0) {
    absl::StrAppend(&text, ": ", diagnosis.files,
                    " files of C, C++ and assembly; what is not compiled, and "
                    "functions of\nthe program's own by these names, count");
  }
  text += "\n";
  for (const Heading& heading : kHeadings) {
    const auto found = diagnosis.findings.find(heading.concern);
    if (found == diagnosis.findings.end()) continue;
    absl::StrAppend(&text, "\n", heading.text, ":\n");
    for (const auto& [name, finding] : found->second) {
      absl::StrAppendFormat(&text, "  %-24s %s\n", name, finding.way_out);
      if (finding.where.empty()) continue;
      absl::StrAppendFormat(&text, "  %-24s   %s", "", finding.where);
      if (finding.uses > 1) {
        absl::StrAppend(&text, " and ", finding.uses - 1, " more");
      }
      text += "\n";
    }
  }
  if (diagnosis.findings.empty()) text += "nothing to see to\n";
  return text;
}

}  // namespace slipway::cli
