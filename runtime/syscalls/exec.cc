// Executing another program. See execve(2), execveat(2).

#include "runtime/host/exec.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/host/exec_image.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

using host::ExecImage;
using host::Follow;
using host::PathArg;
using host::ProgramFile;

constexpr size_t kMaxString = 32 * 4096;  // as Linux: MAX_ARG_STRLEN

// How much argv and envp may hold together: as Linux, a quarter of the stack's
// limit, within bounds.
size_t SpaceForStrings() {
  constexpr size_t kLeast = 32 * 4096, kMost = size_t{6} << 20;
  rlimit limit{};
  ::getrlimit(RLIMIT_STACK, &limit);
  const size_t quarter = std::min<rlim_t>(limit.rlim_cur, kMost * 4) / 4;
  // The loader's stack is of constant size.
  constexpr size_t kLoader = size_t{3} << 20;
  return std::min(std::max(quarter, kLeast), kLoader);
}

// Copies an array of strings in, taking its size from `space`. EFAULT, E2BIG. A
// null array is an empty one.
SysResult<std::vector<std::string>> LoadStrings(const GuestMemory& memory,
                                                GuestPtr array, size_t& space) {
  std::vector<std::string> strings;
  if (array.is_null()) return strings;
  for (uint64_t i = 0;; ++i) {
    SLIPWAY_TRY(const uint64_t at,
                memory.Load<uint64_t>(array + i * sizeof(uint64_t)));
    if (at == 0) return strings;
    auto text = memory.LoadString({at}, kMaxString);
    if (!text.ok()) {
      return Errno{text.error() == Errno{ENAMETOOLONG} ? E2BIG
                                                       : text.error().code};
    }
    const size_t needed = text->size() + 1 + sizeof(uint64_t);
    if (needed > space) return Errno{E2BIG};
    space -= needed;
    strings.push_back(std::move(*text));
  }
}

// Programs of the host are granted one by one; those of the guest need the
// right, as their code is compiled by a process outside the sandbox.
SysStatus CheckMayExecute(Call& call, const ExecImage& image) {
  const sandbox::Policy& policy = call.process.policy;
  if (!image.program.host_path.empty() ||
      policy.rights.Has(sandbox::Right::exec)) {
    return Done{};
  }
  policy.NoteDenial("execute " + image.program.path, "--allow exec");
  return Errno{EACCES};
}

SysResult<int64_t> ExecuteFile(Call& call, SysResult<ProgramFile> file,
                               const std::string& name, GuestPtr argv,
                               GuestPtr envp) {
  if (!file.ok()) return file.error();
  const GuestMemory& memory = call.process.memory;
  size_t space = SpaceForStrings();
  SLIPWAY_TRY(std::vector<std::string> arguments,
              LoadStrings(memory, argv, space));
  SLIPWAY_TRY(std::vector<std::string> environment,
              LoadStrings(memory, envp, space));
  if (arguments.empty()) arguments.emplace_back();  // as Linux since 5.18
  const std::string path = file->path;
  auto image = host::FindImage(call.process.vfs, call.process.files,
                               std::move(*file), name, std::move(arguments));
  if (!image.ok()) {
    if (image.error() == Errno{ENOEXEC}) {
      call.process.policy.NoteDenial("execute " + path + ", which is no module",
                                     "--exec HOST::" + path);
    }
    return image.error();
  }
  SLIPWAY_CHECK_OK(CheckMayExecute(call, *image));
  return host::Exec(call.thread, std::move(*image), std::move(environment));
}

}  // namespace

SysResult<int64_t> execve(Call& call, GuestPtr path, GuestPtr argv,
                          GuestPtr envp) {
  return execveat(call, {AT_FDCWD}, path, argv, envp, 0);
}

SysResult<int64_t> execveat(Call& call, GuestFd dirfd, GuestPtr path,
                            GuestPtr argv, GuestPtr envp, uint32_t flags) {
  if (flags & ~uint32_t{AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW}) {
    return Errno{EINVAL};
  }
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  host::Vfs& vfs = call.process.vfs;
  if (arg.path.empty() && (flags & AT_EMPTY_PATH)) {
    return ExecuteFile(call, vfs.OpenProgram(dirfd),
                       "/dev/fd/" + std::to_string(dirfd.number), argv, envp);
  }
  const Follow follow =
      (flags & AT_SYMLINK_NOFOLLOW) ? Follow::kNo : Follow::kYes;
  const bool plain = dirfd.number == AT_FDCWD || arg.path.front() == '/';
  const std::string name = plain ? arg.path.c_str()
                                 : "/dev/fd/" + std::to_string(dirfd.number) +
                                       "/" + arg.path.c_str();
  return ExecuteFile(call, vfs.OpenProgram(arg, follow), name, argv, envp);
}

}  // namespace slipway::sys
