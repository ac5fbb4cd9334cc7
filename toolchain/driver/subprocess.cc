#include "toolchain/driver/subprocess.h"

#include <fcntl.h>
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

// Up to the end of the stream.
std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size > 0) text.append(buffer, static_cast<size_t>(size));
    if (size == 0 || (size < 0 && errno != EINTR)) return text;
  }
}

}  // namespace

absl::Status ReplaceProcess(const std::vector<std::string>& arguments) {
  execvp(arguments[0].c_str(), Pointers(arguments).data());
  return CannotRun(arguments[0], errno);
}

absl::StatusOr<ProgramResult> RunProgram(
    const std::vector<std::string>& arguments) {
  int messages[2];
  if (pipe2(messages, O_CLOEXEC) != 0)
    return absl::ErrnoToStatus(errno, "pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, messages[1], STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0].c_str(), &actions,
                                 nullptr, Pointers(arguments).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(messages[1]);
  ProgramResult result;
  if (error == 0) result.messages = ReadAll(messages[0]);
  close(messages[0]);
  if (error != 0) return CannotRun(arguments[0], error);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, arguments[0]);
  }
  result.exit_status =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace slipway::toolchain
