#include "toolchain/driver/linked_module.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/limits_rewriter.h"
#include "toolchain/driver/call_adapters.h"

namespace slipway::toolchain {
namespace {

constexpr uint64_t kMaximumPages = uint64_t{1} << 24;  // of 64 KiB: 1 TiB

}  // namespace

absl::StatusOr<std::string> ReadModule(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string module{std::istreambuf_iterator<char>(in), {}};
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return module;
}

absl::Status WriteModule(const std::string& path,
                         const absl::StatusOr<std::string>& module) {
  if (!module.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", module.status().message()));
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << *module << std::flush;
  if (!out) return absl::DataLossError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

bool IsModule(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

absl::StatusOr<ModuleFacts> FactsOf(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadModule(path);
  if (!bytes.ok()) return bytes.status();
  const auto module = wasm::DecodeModule(wasm::AsBytes(*bytes));
  if (!module.ok()) return module.status();
  ModuleFacts facts;
  facts.needs_libraries = module->dylink && !module->dylink->needed.empty();
  for (const wasm::Import& import : module->imports) {
    if (import.module == "posix1" && import.name == "module_load") {
      facts.loads_modules = true;
    }
  }
  for (const wasm::Export& entry : module->exports) {
    if (entry.kind == wasm::ExternKind::kFunction &&
        entry.index >= module->imported_functions) {
      facts.functions.emplace_back(std::string(entry.name),
                                   module->function_type(entry.index));
    }
  }
  return facts;
}

std::string SonameOf(const wasm::Module& module) {
  for (const wasm::CustomSection& section : module.custom) {
    if (section.name == "slipway.soname") {
      return {section.bytes.begin(), section.bytes.end()};
    }
  }
  return "";
}

absl::Status RaiseMemoryMaximum(const std::string& path) {
  const absl::StatusOr<std::string> module = ReadModule(path);
  if (!module.ok()) return module.status();
  return WriteModule(
      path, wasm::SetMemoryMaximum(wasm::AsBytes(*module), 0, kMaximumPages));
}

absl::Status AdaptCallsIn(const std::string& path) {
  const absl::StatusOr<std::string> module = ReadModule(path);
  if (!module.ok()) return module.status();
  return WriteModule(path, AdaptCalls(*module));
}

}  // namespace slipway::toolchain
