#include "toolchain/driver/shared_libraries.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/wasm/decoder.h"
#include "toolchain/driver/linked_module.h"

namespace slipway::toolchain {
namespace {

namespace fs = std::filesystem;

// A module with a dylink.0 section, which is its first.
bool IsSharedLibrary(const std::string& path) {
  char start[24] = {};
  std::ifstream in(path, std::ios::binary);
  in.read(start, sizeof(start));
  const std::string_view text(start, sizeof(start));
  return text.starts_with(std::string_view("\0asm\1\0\0\0\0", 9)) &&
         text.find("dylink.0") != std::string_view::npos;
}

// What -lNAME means; nothing when that is an archive or nowhere.
std::string FindLibrary(const CommandLine& line, const std::string& name) {
  for (const std::string& directory : line.library_directories) {
    const std::string stem = absl::StrCat(directory, "/lib", name);
    if (fs::exists(stem + ".so")) return stem + ".so";
    if (fs::exists(stem + ".a")) return "";
  }
  return "";
}

class Finder {
 public:
  explicit Finder(const CommandLine& line) : line_(line) {}

  absl::StatusOr<std::vector<SharedLibrary>> Find() {
    for (const LinkInput& input : line_.inputs) {
      std::string path = input.name;
      if (input.is_library) {
        path = input.dynamic ? FindLibrary(line_, input.name) : "";
      }
      if (path.empty() || !IsSharedLibrary(path)) continue;
      // A path that was given is recorded as it is, as by other linkers.
      absl::Status status = Add(
          path, input.is_library ? fs::path(path).filename().string() : path);
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < needed_.size(); ++i) AddNeeded(needed_[i]);
    return std::move(found_);
  }

 private:
  absl::Status Add(const std::string& path, const std::string& name) {
    if (!known_.insert(fs::path(path).filename()).second) {
      return absl::OkStatus();
    }
    const absl::StatusOr<std::string> bytes = ReadModule(path);
    if (!bytes.ok()) return bytes.status();
    const auto module = wasm::DecodeModule(wasm::AsBytes(*bytes));
    if (!module.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", module.status().message()));
    }
    SharedLibrary library{
        .file = fs::path(path).filename(), .recorded = name, .symbols = {}};
    if (const std::string soname = SonameOf(*module); !soname.empty()) {
      library.recorded = soname;
    }
    for (const wasm::Export& entry : module->exports) {
      library.symbols.emplace_back(entry.name);
    }
    for (const wasm::Import& import : module->imports) {
      library.symbols.emplace_back(import.name);
    }
    for (const std::string_view needed : module->dylink->needed) {
      needed_.emplace_back(needed);
    }
    found_.push_back(std::move(library));
    return absl::OkStatus();
  }

  // Best effort: the program finds out at its start.
  void AddNeeded(const std::string& name) {
    for (const std::string& directory : line_.library_directories) {
      const std::string path =
          absl::StrCat(directory, "/", std::string(fs::path(name).filename()));
      if (!IsSharedLibrary(path)) continue;
      (void)Add(path, name);
      return;
    }
  }

  const CommandLine& line_;
  std::vector<SharedLibrary> found_;
  std::vector<std::string> needed_;
  std::set<std::string> known_;
};

}  // namespace

absl::StatusOr<std::vector<SharedLibrary>> FindSharedLibraries(
    const CommandLine& line) {
  if (line.static_libraries) return std::vector<SharedLibrary>();
  return Finder(line).Find();
}

}  // namespace slipway::toolchain
