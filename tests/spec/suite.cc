#include "tests/spec/suite.h"

#include <fnmatch.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

extern char** environ;

namespace slipway::spec {

const char kSuiteHelp[] =
    "no test scripts: give a folder of wast2json output (one folder a script, "
    "with NAME.json and its modules), or an archive of one, with --suite or in "
    "SLIPWAY_SPEC_TESTSUITE. To make one: for every FILE.wast of "
    "WebAssembly/testsuite, `wast2json --enable-all FILE.wast -o "
    "FILE/FILE.json` (wabt).";

namespace {

namespace fs = std::filesystem;

// Compiling modules is what takes the time.
constexpr uint64_t kWeightOfModule = 20'000;

absl::Status Unpack(const std::string& archive, const std::string& folder) {
  std::string arguments[] = {"tar", "-xf", archive, "-C", folder};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                  arguments[3].data(), arguments[4].data(), nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv, environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(archive, ": tar cannot unpack it"));
  }
  return absl::OkStatus();
}

// The JSON files below `root` by their folder, and each folder's weight.
struct Folder {
  std::vector<fs::path> scripts;
  uint64_t weight = 0;
};
std::map<fs::path, Folder> FindFolders(const std::string& root) {
  std::map<fs::path, Folder> folders;
  std::error_code error;
  for (fs::recursive_directory_iterator at(root, error), end; at != end;
       at.increment(error)) {
    if (error || !at->is_regular_file(error)) continue;
    const fs::path& path = at->path();
    Folder& folder = folders[path.parent_path()];
    if (path.extension() == ".json") {
      folder.scripts.push_back(path);
      folder.weight += at->file_size(error);
    } else if (path.extension() == ".wasm") {
      folder.weight += kWeightOfModule;
    }
  }
  return folders;
}

std::vector<ScriptFile> FindScripts(const std::string& root) {
  std::vector<ScriptFile> scripts;
  for (const auto& [folder, content] : FindFolders(root)) {
    for (const fs::path& script : content.scripts) {
      const std::string name = content.scripts.size() == 1
                                   ? folder.filename().string()
                                   : script.stem().string();
      scripts.push_back({.name = name,
                         .path = script.string(),
                         .weight = content.weight / content.scripts.size()});
    }
  }
  // Two of one name are told apart by all of their path.
  std::map<std::string, int> uses;
  for (const ScriptFile& script : scripts) ++uses[script.name];
  for (ScriptFile& script : scripts) {
    if (uses[script.name] == 1) continue;
    script.name =
        fs::path(script.path).lexically_relative(root).replace_extension();
  }
  std::sort(scripts.begin(), scripts.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return scripts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TemporaryFolder>> TemporaryFolder::Create() {
  const char* parent = getenv("TEST_TMPDIR");
  if (parent == nullptr) parent = getenv("TMPDIR");
  std::string path =
      absl::StrCat(parent == nullptr ? "/tmp" : parent, "/spec-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat(path, ": ", strerror(errno)));
  }
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(path));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

absl::StatusOr<Suite> Suite::Open(const std::string& location) {
  std::error_code error;
  if (!fs::exists(location, error)) {
    return absl::NotFoundError(
        absl::StrCat(location, " does not exist; ", kSuiteHelp));
  }
  Suite suite;
  std::string root = location;
  if (!fs::is_directory(location, error)) {
    auto folder = TemporaryFolder::Create();
    if (!folder.ok()) return folder.status();
    suite.unpacked_ = *std::move(folder);
    root = suite.unpacked_->path();
    absl::Status status = Unpack(location, root);
    if (!status.ok()) return status;
  }
  suite.scripts_ = FindScripts(root);
  if (suite.scripts_.empty()) {
    return absl::NotFoundError(
        absl::StrCat(location, " has no scripts; ", kSuiteHelp));
  }
  return suite;
}

absl::Status Suite::Select(const std::vector<std::string>& patterns) {
  std::vector<ScriptFile> selected;
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (const ScriptFile& script : scripts_) {
      if (fnmatch(pattern.c_str(), script.name.c_str(), 0) != 0) continue;
      found = true;
      const bool known = std::any_of(
          selected.begin(), selected.end(),
          [&script](const auto& other) { return other.name == script.name; });
      if (!known) selected.push_back(script);
    }
    if (!found) {
      return absl::NotFoundError(absl::StrCat("no script ", pattern));
    }
  }
  scripts_ = std::move(selected);
  return absl::OkStatus();
}

}  // namespace slipway::spec
