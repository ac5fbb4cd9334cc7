#include "runtime/cli/run_program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/cache/compile_service.h"
#include "runtime/cache/object_cache.h"
#include "runtime/engine/code_object.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/exec_state.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/private_directory.h"
#include "runtime/host/private_tmpfs.h"
#include "runtime/host/process.h"
#include "runtime/host/program_loader.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/dispatch.h"
#include "runtime/wasi/program.h"

namespace slipway::cli {
namespace {

// A mistake in what was granted, not in the program.
absl::Status PolicyError(const absl::Status& status) {
  return absl::FailedPreconditionError(status.message());
}

absl::Status InProgram(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", status.message()));
}

auto CompilerWith(const cache::CompileOptions& options) {
  return [options](std::string_view module) -> absl::StatusOr<std::string> {
    const auto store = cache::ObjectCache::OpenDefault();
    if (!store.ok()) return store.status();
    return cache::FindOrCompileBytes(module, *store, options);
  };
}

// Shared by all processes of the guest, the programs they execute included.
int NewPidRegistry() {
  const int fd = memfd_create("slipway-pids", MFD_CLOEXEC);
  if (fd >= 0 && ftruncate(fd, host::PidRegistry::kBytes) != 0) return -1;
  return fd;
}

void AdoptFiles(host::DescriptorTable& files,
                const std::optional<host::ExecState>& state) {
  if (!state) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      files.AdoptInherited(fd);
    }
    return;
  }
  for (const host::ExecState::OpenFile& file : state->files) {
    files.AdoptInherited(file.number, file.descriptor);
  }
  const int most = files.max_limit();
  files.SetLimits(std::min(state->descriptor_limit, most),
                  std::min(state->descriptor_hard_limit, most));
}

bool HasSharedMemoryDirectory(const sandbox::Policy& policy) {
  return std::any_of(policy.mounts.begin(), policy.mounts.end(),
                     [](const sandbox::Mount& mount) {
                       return mount.guest_path == "/dev" ||
                              mount.guest_path == "/dev/shm";
                     });
}

// Mounts a /dev/shm of the guest's own, unless there is one: granted, or that
// of the program which executed this one. Where the host has no room for any,
// paths below it do not exist. Returns what has to stay open until mounts are.
host::OwnedFd AddSharedMemoryDirectory(Program& program,
                                       const host::DescriptorTable& files) {
  if (HasSharedMemoryDirectory(program.policy)) return {};
  constexpr const char* kPath = "/dev/shm";
  host::SysResult<host::OwnedFd> root = host::MakePrivateTmpfs();
  if (root.ok()) {
    program.policy.mounts.push_back(
        {absl::StrCat("/proc/self/fd/", root->get()), kPath});
    return std::move(*root);
  }
  auto directory = host::MakePrivateDirectory(kPath);
  if (directory.ok()) {
    program.policy.mounts.push_back({directory->path, kPath});
    program.start.shm_lock = files.MoveHigh(directory->lock.Release());
  }
  return {};
}

// The runtime's own descriptors go where the guest does not see them.
void MoveDescriptors(const host::DescriptorTable& files, bool executed,
                     host::StartInfo& start) {
  // A copy, so that the guest cannot close the one it owns.
  if (!executed) start.trace_fd = dup(start.trace_fd);
  if (start.pid_registry < 0) start.pid_registry = NewPidRegistry();
  for (int* fd :
       {&start.trace_fd, &start.pid_registry, &start.shm_lock, &start.own_fd}) {
    *fd = files.MoveHigh(*fd);
    if (*fd >= 0) fcntl(*fd, F_SETFD, FD_CLOEXEC);
  }
  start.own_link = absl::StrCat("/proc/self/fd/", start.own_fd);
}

absl::Status RestoreDirectory(host::Vfs& vfs, const host::ExecState& state) {
  host::WorkingDirectory::Place place;
  place.node = static_cast<uint16_t>(state.directory_node);
  if (state.directory_mount >= 0) {
    place.mount = static_cast<uint16_t>(state.directory_mount);
    place.fd = state.directory;
  }
  const host::SysStatus status = vfs.RestoreDirectory(place);
  if (!status.ok()) {
    return absl::ErrnoToStatus(status.error().code, "the working directory");
  }
  return absl::OkStatus();
}

// As the kernel does at execve: what `ps` calls the process.
void SetName(const std::string& path) {
  prctl(PR_SET_NAME, path.substr(path.rfind('/') + 1).c_str());
}

// Runs the program to its end, with WASI's functions instead of posix1's.
absl::Status RunWasi(const engine::CodeObject& code, const Program& program,
                     host::DescriptorTable& files, const host::Tracer* tracer) {
  const auto vfs = host::Vfs::Create(program.policy, files, program.start,
                                     host::GuestMemory());
  if (!vfs.ok()) return PolicyError(vfs.status());
  if (program.state) {
    for (const int fd : program.state->used) close(fd);
    // WASI has no numbers for what else the executing program had open.
    (void)files.CloseRange(STDERR_FILENO + 1, ~0u, 0);
  }
  SetName(program.module_path);
  return InProgram(program.module_path,
                   wasi::Run(code, {.policy = program.policy,
                                    .start = program.start,
                                    .files = files,
                                    .vfs = **vfs,
                                    .tracer = tracer,
                                    .executed = program.state.has_value()}));
}

}  // namespace

absl::Status RunProgram(Program program) {
  host::DescriptorTable files;
  AdoptFiles(files, program.state);
  host::StartInfo& start = program.start;
  MoveDescriptors(files, program.state.has_value(), start);
  std::optional<host::Tracer> tracer;
  if (start.trace_fd >= 0) {
    tracer.emplace(start.trace_fd);
    program.policy.on_denial = [&tracer](const sandbox::Denial& denial) {
      tracer->Denied(denial.object, denial.option);
    };
  }
  start.compile = CompilerWith(program.compile_options);
  const auto code = engine::CodeObject::Load(program.object_path);
  if (!code.ok()) return code.status();
  const host::Tracer* const trace = tracer ? &*tracer : nullptr;
  if (wasi::IsWasiModule((*code)->module())) {
    return RunWasi(**code, program, files, trace);
  }
  host::OwnedFd shared_memory;
  if (!program.state) shared_memory = AddSharedMemoryDirectory(program, files);
  const auto guest = host::Program::Create(program.policy, start, trace);
  if (!guest.ok()) return InProgram(program.module_path, guest.status());
  const auto vfs =
      host::Vfs::Create(program.policy, files, start, (*guest)->memory(),
                        &(*guest)->address_space(), &(*guest)->processes());
  if (!vfs.ok()) return PolicyError(vfs.status());
  shared_memory = host::OwnedFd();
  if (program.state) {
    const absl::Status restored = RestoreDirectory(**vfs, *program.state);
    if (!restored.ok()) return PolicyError(restored);
    for (const int fd : program.state->used) close(fd);
  }
  const absl::Status loaded =
      (*guest)->Load(**code, files, **vfs, &sys::DefineImports);
  if (!loaded.ok()) return InProgram(program.module_path, loaded);
  SetName(program.module_path);
  (*guest)->Run();
}

}  // namespace slipway::cli
