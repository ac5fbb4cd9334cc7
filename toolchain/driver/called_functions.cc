#include "toolchain/driver/called_functions.h"

#include <stdlib.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "toolchain/driver/linked_module.h"

namespace slipway::toolchain {
namespace {

// Null when there is none.
const char* TypeName(wasm::ValueType type) {
  if (type == wasm::ValueType::kI32) return "i32";
  if (type == wasm::ValueType::kI64) return "i64";
  if (type == wasm::ValueType::kF32) return "float";
  if (type == wasm::ValueType::kF64) return "double";
  if (type == wasm::ValueType::kV128) return "<4 x i32>";
  return nullptr;
}

}  // namespace

CalledFunctions::~CalledFunctions() {
  if (!path_.empty()) unlink(path_.c_str());
}

bool CalledFunctions::Add(const std::string& name, const wasm::FuncType& type) {
  const char* result =
      type.results.empty() ? "void" : TypeName(type.results[0]);
  if (result == nullptr || type.results.size() > 1) return false;
  std::string types, arguments;
  for (const wasm::ValueType parameter : type.params) {
    const char* const text = TypeName(parameter);
    if (text == nullptr) return false;
    const char* const separator = types.empty() ? "" : ", ";
    absl::StrAppend(&types, separator, text);
    absl::StrAppend(&arguments, separator, text, " zeroinitializer");
  }
  absl::StrAppend(&declarations_, "declare ", result, " @\"", name, "\"(",
                  types, ")\n");
  absl::StrAppend(&calls_, "  call ", result, " @\"", name, "\"(", arguments,
                  ")\n");
  return true;
}

absl::StatusOr<std::string> CalledFunctions::Write() {
  const char* const directory = getenv("TMPDIR");
  path_ = absl::StrCat(directory == nullptr ? "/tmp" : directory,
                       "/slipway-cc-XXXXXX.ll");
  const int fd = mkstemps(path_.data(), 3);
  if (fd < 0) {
    const std::string wanted = std::move(path_);
    path_.clear();
    return absl::UnavailableError(absl::StrCat("cannot make ", wanted,
                                               ": set TMPDIR to a directory "
                                               "that can be written to"));
  }
  close(fd);
  absl::Status status = WriteModule(
      path_,
      absl::StrCat("target triple = \"wasm64-unknown-unknown\"\n",
                   declarations_, "define hidden void @__slipway_calls() {\n",
                   calls_, "  ret void\n}\n"));
  if (!status.ok()) return status;
  return path_;
}

}  // namespace slipway::toolchain
