// What execve(2) comes down to: a program file and its arguments, with `#!`
// scripts replaced by their interpreters.

#ifndef SLIPWAY_RUNTIME_HOST_EXEC_IMAGE_H_
#define SLIPWAY_RUNTIME_HOST_EXEC_IMAGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/vfs.h"

namespace slipway::host {

struct ExecImage {
  ProgramFile program;
  std::vector<std::string> arguments;
  // The innermost script, when a program of the host interprets it, which sees
  // another file system: its name is this descriptor's unless the host knows it
  // by the guest's.
  OwnedFd script;
};

// Follows scripts from `program`, which the guest knows as `name`.
// ENOEXEC: neither a module nor a script nor a program of the host; ELOOP:
// scripts interpreted by scripts; and what opening an interpreter reports.
SysResult<ExecImage> FindImage(Vfs& vfs, const DescriptorTable& files,
                               ProgramFile program, std::string name,
                               std::vector<std::string> arguments);

// A script's first line: "#!INTERPRETER [ARGUMENT]". nullopt for all else.
struct ScriptLine {
  std::string interpreter;
  std::string argument;  // "" for none; may contain blanks
};
std::optional<ScriptLine> ParseScriptLine(std::string_view start);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_EXEC_IMAGE_H_
