#include "toolchain/driver/linked_module.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/limits_rewriter.h"

namespace slipway::toolchain {
namespace {

constexpr uint64_t kMaximumPages = uint64_t{1} << 24;  // of 64 KiB: 1 TiB

absl::StatusOr<std::string> ReadModule(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string module{std::istreambuf_iterator<char>(in), {}};
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return module;
}

}  // namespace

absl::StatusOr<bool> LoadsSideModules(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadModule(path);
  if (!bytes.ok()) return bytes.status();
  const auto module = wasm::DecodeModule(wasm::AsBytes(*bytes));
  if (!module.ok()) return module.status();
  for (const wasm::Import& import : module->imports) {
    if (import.module == "posix1" && import.name == "module_load") return true;
  }
  return false;
}

absl::Status RaiseMemoryMaximum(const std::string& path) {
  const absl::StatusOr<std::string> module = ReadModule(path);
  if (!module.ok()) return module.status();
  absl::StatusOr<std::string> raised =
      wasm::SetMemoryMaximum(wasm::AsBytes(*module), 0, kMaximumPages);
  if (!raised.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", raised.status().message()));
  }
  // In place, so that the file keeps its permissions.
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << *raised << std::flush;
  if (!out) return absl::DataLossError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

}  // namespace slipway::toolchain
