#include "tests/spec/module_loader.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/validator.h"

namespace slipway::spec {
namespace {

absl::StatusOr<std::string> ReadModule(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

ModuleLoader::ModuleLoader(compiler::Options options, std::string scratch)
    : options_(std::move(options)), scratch_(std::move(scratch)) {}

absl::Status ModuleLoader::Validate(const std::string& path) const {
  const auto bytes = ReadModule(path);
  if (!bytes.ok()) return bytes.status();
  const auto module = wasm::DecodeModule(wasm::AsBytes(*bytes));
  if (!module.ok()) return module.status();
  return wasm::ValidateAll(*module);
}

absl::StatusOr<const engine::CodeObject*> ModuleLoader::Load(
    const std::string& path) {
  const auto bytes = ReadModule(path);
  if (!bytes.ok()) return bytes.status();
  // The dynamic linker takes two objects of one path for the same, even when
  // the first file is gone: a path is used once.
  static std::atomic<int> next = 0;
  const std::string output =
      absl::StrCat(scratch_, "/", getpid(), "-", next++, ".so");
  const absl::Status status =
      compiler::CompileModule(wasm::AsBytes(*bytes), options_, output);
  if (!status.ok()) return status;
  auto code = engine::CodeObject::Load(output);
  unlink(output.c_str());
  return code;
}

}  // namespace slipway::spec
