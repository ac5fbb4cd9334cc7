#include "tests/spec/report.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace slipway::spec {
namespace {

using nlohmann::ordered_json;

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f s", seconds);
  return text;
}

ordered_json ToJson(const ScriptResult& result) {
  ordered_json failures = ordered_json::array();
  for (const Failure& failure : result.failures) {
    failures.push_back({{"line", failure.line},
                        {"command", failure.command},
                        {"message", failure.message},
                        {"known_reason", failure.known_reason}});
  }
  return {{"name", result.name},       {"passed", result.passed},
          {"failed", result.failed()}, {"skipped", result.skipped},
          {"seconds", result.seconds}, {"failures", failures}};
}

}  // namespace

Totals Add(const std::vector<ScriptResult>& results) {
  Totals totals;
  for (const ScriptResult& result : results) {
    totals.passed += result.passed;
    totals.failed += result.failed();
    totals.skipped += result.skipped;
    totals.known_failures += result.known_failures();
  }
  return totals;
}

std::string ScriptLines(const ScriptResult& result) {
  std::string text =
      absl::StrCat(result.failed() == 0 ? "ok      " : "FAILED  ", result.name,
                   ": ", result.passed, " passed");
  if (result.failed() != 0) {
    absl::StrAppend(&text, ", ", result.failed(), " failed");
  }
  if (result.skipped != 0) {
    absl::StrAppend(&text, ", ", result.skipped, " skipped");
  }
  absl::StrAppend(&text, ", ", Seconds(result.seconds), "\n");
  for (const Failure& failure : result.failures) {
    absl::StrAppend(&text, "  ", result.name, ":", failure.line, ": ",
                    failure.command, ": ", failure.message, "\n");
    if (failure.known_reason.empty()) continue;
    absl::StrAppend(&text, "    known: ", failure.known_reason, "\n");
  }
  return text;
}

std::string Summary(const std::vector<ScriptResult>& results) {
  const Totals totals = Add(results);
  std::string text;
  if (totals.known_failures != 0) {
    absl::StrAppend(&text, totals.known_failures,
                    " known failures, which are not counted\n");
  }
  absl::StrAppend(&text, totals.passed, " passed, ", totals.failed, " failed, ",
                  totals.skipped, " skipped\n");
  return text;
}

std::string ToJson(const std::vector<ScriptResult>& results) {
  const Totals totals = Add(results);
  ordered_json scripts = ordered_json::array();
  for (const ScriptResult& result : results) scripts.push_back(ToJson(result));
  const ordered_json json = {{"passed", totals.passed},
                             {"failed", totals.failed},
                             {"skipped", totals.skipped},
                             {"known_failures", totals.known_failures},
                             {"scripts", scripts}};
  return json.dump(/*indent=*/1, ' ', /*ensure_ascii=*/false,
                   ordered_json::error_handler_t::replace);
}

}  // namespace slipway::spec
