// What a guest process hands to the program that it executes. execve(2) of a
// guest starts slipway itself again in the same process, which keeps the pid
// and all that the kernel keeps; this is the rest: the policy, and what the
// runtime knows about open files. It travels in a sealed memfd.

#ifndef SLIPWAY_RUNTIME_HOST_EXEC_STATE_H_
#define SLIPWAY_RUNTIME_HOST_EXEC_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"

namespace slipway::host {

struct ExecState {
  // The variable of slipway's environment that holds the memfd's number.
  static constexpr const char* kVariable = "SLIPWAY_EXEC";

  struct OpenFile {
    int number = -1;
    Descriptor descriptor;
    friend bool operator==(const OpenFile&, const OpenFile&) = default;
  };

  std::vector<std::string> options;  // slipway's, --dir included
  std::string executable;            // the guest's path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string own_file;  // as in StartInfo
  std::string object;    // of the program, compiled; empty when there is none
  // Descriptors of the runtime; -1 for none.
  int program = -1;
  std::vector<int> used;  // to be closed once options and directory are read
  int own_fd = -1;
  int pid_registry = -1;
  int shm_lock = -1;
  int trace_fd = -1;
  // The working directory: an open directory of that mount, or a virtual one.
  int directory = -1;
  int directory_mount = -1;
  int directory_node = 0;
  // The guest's.
  int descriptor_limit = 0;
  int descriptor_hard_limit = 0;
  std::vector<uint64_t> memory_limits;  // as in StartInfo
  uint64_t ignored_signals = 0;
  std::vector<OpenFile> files;

  std::string Encode() const;
  // nullopt for what Encode cannot have made.
  static std::optional<ExecState> Decode(std::string_view bytes);

  // A sealed memfd that holds it, without close-on-exec, and back.
  SysResult<OwnedFd> ToFile() const;
  static std::optional<ExecState> FromFile(int fd);

  friend bool operator==(const ExecState&, const ExecState&) = default;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_EXEC_STATE_H_
