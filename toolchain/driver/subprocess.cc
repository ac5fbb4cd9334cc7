#include "toolchain/driver/subprocess.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace slipway::toolchain {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

absl::Status CannotRun(const std::string& program, int error) {
  return absl::NotFoundError(absl::StrCat("cannot run ", program, ": ",
                                          std::strerror(error),
                                          " (ci/setup installs it)"));
}

}  // namespace

absl::Status ReplaceProcess(const std::vector<std::string>& arguments) {
  execvp(arguments[0].c_str(), Pointers(arguments).data());
  return CannotRun(arguments[0], errno);
}

absl::StatusOr<int> RunProgram(const std::vector<std::string>& arguments) {
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0].c_str(), nullptr, nullptr,
                                 Pointers(arguments).data(), environ);
  if (error != 0) return CannotRun(arguments[0], error);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return absl::InternalError(std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace slipway::toolchain
