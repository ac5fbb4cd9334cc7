#include "runtime/cli/run_program.h"

#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/engine/code_object.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/process.h"
#include "runtime/host/program_loader.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/dispatch.h"

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

}  // namespace

absl::Status RunProgram(Program program) {
  host::DescriptorTable files;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    files.AdoptInherited(fd);
  }
  std::optional<host::Tracer> tracer;
  if (program.trace_fd >= 0) {
    // A copy, so that the guest cannot close the one it owns.
    tracer.emplace(files.MoveHigh(dup(program.trace_fd)));
    program.policy.on_denial = [&tracer](const sandbox::Denial& denial) {
      tracer->Denied(denial.object, denial.option);
    };
  }
  const sandbox::Policy& policy = program.policy;
  const host::StartInfo start = {.executable = program.guest_path,
                                 .arguments = program.arguments,
                                 .environment = policy.env};

  const auto code = engine::CodeObject::Load(program.object_path);
  if (!code.ok()) return code.status();
  const auto guest = host::Program::Create(policy, start,
                                           tracer ? &*tracer : nullptr);
  if (!guest.ok()) return InProgram(program.module_path, guest.status());
  const auto vfs =
      host::Vfs::Create(policy, files, start, (*guest)->memory());
  if (!vfs.ok()) return PolicyError(vfs.status());
  const absl::Status loaded =
      (*guest)->Load(**code, files, **vfs, &sys::DefineImports);
  if (!loaded.ok()) return InProgram(program.module_path, loaded);
  (*guest)->Run();
}

}  // namespace slipway::cli
