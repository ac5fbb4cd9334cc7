#include "tests/spec/invocation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/engine/trap.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/module.h"

namespace slipway::spec {
namespace {

using engine::Outcome;
using wasm::ExternKind;
using wasm::ValueType;

absl::Status NoExport(const char* kind, const Action& action) {
  return absl::NotFoundError(
      absl::StrCat("no exported ", kind, " '", action.field, "'"));
}

absl::Status CheckArguments(const std::vector<ScriptValue>& arguments,
                            const std::vector<ValueType>& params) {
  if (arguments.size() != params.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        arguments.size(), " arguments for a function of ", params.size()));
  }
  for (size_t i = 0; i < params.size(); ++i) {
    if (!IsArgument(arguments[i]) ||
        !Matches(arguments[i], params[i], ToArgument(arguments[i]))) {
      return absl::InvalidArgumentError(
          absl::StrCat("argument ", ToString(arguments[i]), " for a ",
                       params[i].ToString()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ActionResult> Call(engine::Thread& thread,
                                  const engine::Instance& instance,
                                  const Action& action) {
  const wasm::Export* found =
      instance.module().FindExport(action.field, ExternKind::kFunction);
  if (found == nullptr) return NoExport("function", action);
  const wasm::FuncType& type = instance.module().function_type(found->index);
  absl::Status status = CheckArguments(action.arguments, type.params);
  if (!status.ok()) return status;

  ActionResult result;
  result.types = type.results;
  result.values.resize(std::max(type.params.size(), type.results.size()),
                       engine::ZeroValue());
  std::transform(action.arguments.begin(), action.arguments.end(),
                 result.values.begin(), ToArgument);
  result.outcome =
      Invoke(thread, *instance.function(found->index), result.values);
  result.values.resize(type.results.size());
  return result;
}

absl::StatusOr<ActionResult> Get(engine::Thread& thread,
                                 const engine::Instance& instance,
                                 const Action& action) {
  const wasm::Export* found =
      instance.module().FindExport(action.field, ExternKind::kGlobal);
  if (found == nullptr) return NoExport("global", action);
  ActionResult result;
  result.types = {instance.module().globals[found->index].type.value};
  result.values = {*instance.FindGlobal(thread, action.field)};
  return result;
}

std::string ToString(const std::vector<ScriptValue>& values) {
  return absl::StrCat(
      "[",
      absl::StrJoin(values, ", ",
                    [](std::string* out, const ScriptValue& value) {
                      out->append(spec::ToString(value));
                    }),
      "]");
}

}  // namespace

absl::StatusOr<ActionResult> Perform(engine::Thread& thread,
                                     const engine::Instance& instance,
                                     const Action& action) {
  return action.is_get ? Get(thread, instance, action)
                       : Call(thread, instance, action);
}

absl::Status CheckResults(const ActionResult& result,
                          const std::vector<ScriptValue>& expected) {
  bool matches = result.outcome.kind == Outcome::kReturned &&
                 result.types.size() == expected.size();
  for (size_t i = 0; matches && i < expected.size(); ++i) {
    matches = Matches(expected[i], result.types[i], result.values[i]);
  }
  if (matches) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "expected ", ToString(expected), ", but it ", Describe(result)));
}

std::string Describe(const ActionResult& result) {
  switch (result.outcome.kind) {
    case Outcome::kTrapped: {
      const std::string_view message =
          engine::TrapMessage(result.outcome.trap->code);
      return absl::StrCat("trapped: ",
                          absl::string_view(message.data(), message.size()));
    }
    case Outcome::kException:
      return "threw an exception";
    case Outcome::kExited:
      return "exited";
    case Outcome::kReturned:
      break;
  }
  std::vector<std::string> values;
  for (size_t i = 0; i < result.types.size(); ++i) {
    values.push_back(spec::ToString(result.types[i], result.values[i]));
  }
  return absl::StrCat("returned [", absl::StrJoin(values, ", "), "]");
}

}  // namespace slipway::spec
