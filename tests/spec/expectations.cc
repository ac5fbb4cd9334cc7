#include "tests/spec/expectations.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace slipway::spec {
namespace {

constexpr char kHeader[] = "script,line,reason,since";

// The fields of one line; a field in quotation marks may hold commas, and
// quotation marks doubled.
std::vector<std::string> Fields(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

absl::StatusOr<ExpectedFailure> ParseRow(absl::string_view line) {
  std::vector<std::string> fields = Fields(line);
  ExpectedFailure row;
  if (fields.size() != 4 || fields[0].empty() || fields[2].empty() ||
      !absl::SimpleAtoi(fields[1], &row.line)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a row is ", kHeader, ", with a number and a reason: ", line));
  }
  row.script = std::move(fields[0]);
  row.reason = std::move(fields[2]);
  row.since = std::move(fields[3]);
  return row;
}

// Whether a failure of the row was there.
bool MarkKnown(const ExpectedFailure& row, ScriptResult& result) {
  bool found = false;
  for (Failure& failure : result.failures) {
    if (failure.line != row.line) continue;
    failure.known_reason = row.reason;
    found = true;
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<ExpectedFailure>> ParseExpectations(
    std::string_view csv) {
  std::vector<ExpectedFailure> rows;
  int number = 0;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(csv.data(), csv.size()), '\n')) {
    ++number;
    if (number == 1 && line != kHeader) {
      return absl::InvalidArgumentError(
          absl::StrCat("line 1: expected the header ", kHeader));
    }
    if (number == 1 || line.empty()) continue;
    auto row = ParseRow(line);
    if (!row.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": ", row.status().message()));
    }
    rows.push_back(*std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<ExpectedFailure>> ReadExpectations(
    const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  auto rows =
      ParseExpectations(std::string(std::istreambuf_iterator<char>(file), {}));
  if (rows.ok()) return rows;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", rows.status().message()));
}

void ApplyExpectations(const std::vector<ExpectedFailure>& expectations,
                       std::vector<ScriptResult>& results) {
  for (const ExpectedFailure& row : expectations) {
    const auto result =
        std::find_if(results.begin(), results.end(),
                     [&row](const auto& r) { return r.name == row.script; });
    if (result == results.end() || MarkKnown(row, *result)) continue;
    result->failures.push_back(
        {.line = row.line,
         .command = "expectation",
         .message = "passed, or is not there, although the expectations say "
                    "that it fails: remove the row"});
  }
}

}  // namespace slipway::spec
