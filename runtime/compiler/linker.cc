#include "runtime/compiler/linker.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"

extern char** environ;

namespace slipway::compiler {
namespace {

namespace fs = std::filesystem;

bool IsExecutable(const std::string& path) {
  return access(path.c_str(), X_OK) == 0;
}

std::string FindOnPath(const std::string& name) {
  const char* path = getenv("PATH");
  std::istringstream directories(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::string candidate = absl::StrCat(directory, "/", name);
    if (!directory.empty() && IsExecutable(candidate)) return candidate;
  }
  return "";
}

// A directory that is removed with everything in it.
class ScratchDirectory {
 public:
  static absl::StatusOr<ScratchDirectory> Create() {
    const char* parent = getenv("TMPDIR");
    std::string path =
        absl::StrCat(parent != nullptr && *parent != '\0' ? parent : "/tmp",
                     "/slipway-compiler-XXXXXX");
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("cannot create ", path, ": ", strerror(errno)));
    }
    return ScratchDirectory(path);
  }
  ScratchDirectory(ScratchDirectory&& other) : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

absl::Status WriteFile(const std::string& path, const std::string& contents) {
  std::ofstream file(path, std::ios::binary);
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.close();
  if (!file) {
    return absl::UnavailableError(
        absl::StrCat("cannot write ", path, ": ", strerror(errno)));
  }
  return absl::OkStatus();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Runs the program with its stderr sent to a file; returns the wait status or
// a negative errno.
int RunProgram(const std::vector<std::string>& arguments,
               const std::string& stderr_path) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderr_path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -error;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -errno;
  }
  return status;
}

}  // namespace

absl::StatusOr<std::string> FindLinker(const std::string& requested) {
  if (!requested.empty()) {
    if (IsExecutable(requested)) return requested;
    return absl::NotFoundError(
        absl::StrCat("linker ", requested, ": ", strerror(errno)));
  }
  for (const char* name : {"ld.lld-22", "ld.lld"}) {
    const std::string found = FindOnPath(name);
    if (!found.empty()) return found;
  }
  const std::string packaged = "/usr/lib/llvm-22/bin/ld.lld";
  if (IsExecutable(packaged)) return packaged;
  return absl::NotFoundError(
      "no linker: neither ld.lld-22 nor ld.lld is on PATH; install the package "
      "lld-22, or name one with --linker");
}

absl::Status Link(const std::string& linker,
                  const std::vector<std::string>& objects,
                  const std::string& output) {
  absl::StatusOr<ScratchDirectory> scratch = ScratchDirectory::Create();
  if (!scratch.ok()) return scratch.status();
  std::vector<std::string> command = {
      linker, "-shared", "--build-id=none", "--eh-frame-hdr",   "-z",
      "now",  "-z",      "noexecstack",     "--hash-style=gnu", "--threads=1",
      "-o",   output};
  for (size_t i = 0; i < objects.size(); ++i) {
    command.push_back(absl::StrCat(scratch->path(), "/", i, ".o"));
    const absl::Status status = WriteFile(command.back(), objects[i]);
    if (!status.ok()) return status;
  }
  const std::string errors = absl::StrCat(scratch->path(), "/stderr");
  const int status = RunProgram(command, errors);
  if (status == 0) return absl::OkStatus();
  if (status < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot run ", linker, ": ", strerror(-status)));
  }
  return absl::InternalError(
      absl::StrCat("linking ", output, " failed: ", ReadFile(errors)));
}

}  // namespace slipway::compiler
