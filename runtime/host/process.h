// The guest's process: everything that its threads share, in one place that
// every handler reaches through Call. One guest process is one host process,
// so there is one Process, and fork copies it like all else.

#ifndef SLIPWAY_RUNTIME_HOST_PROCESS_H_
#define SLIPWAY_RUNTIME_HOST_PROCESS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/extern.h"
#include "runtime/host/guest_memory.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {
class Instance;
class Store;
}  // namespace slipway::engine

namespace slipway::sandbox {
struct Policy;
}

namespace slipway::host {

class AddressSpace;
class DescriptorTable;
class PidRegistry;
class SideModules;
class Signals;
class ThreadRegistry;
class Tracer;
class Vfs;

// How the program was started; immutable.
struct StartInfo {
  std::string executable;              // guest path: AT_EXECFN, /proc/self/exe
  std::vector<std::string> arguments;  // argv
  std::vector<std::string> environment;  // "NAME=value"
  // From the bytes of a module to the path of its compiled object, for modules
  // that the guest loads. The message of an error is for the guest to read.
  std::function<absl::StatusOr<std::string>(std::string_view module)> compile{};

  // The file that slipway was given, which the guest sees as `own_file` even
  // when no mount holds it, so that a program can execute itself.
  std::string own_file{};
  int own_fd = -1;
  std::string own_link{};  // "/proc/self/fd/<own_fd>"
  // What execve hands on to the next program besides (exec.h): slipway's own
  // options without --dir, --cwd and --env, and descriptors.
  std::vector<std::string> options{};
  int pid_registry = -1;
  int shm_lock = -1;  // PrivateDirectory::lock of /dev/shm, if it is one
  int trace_fd = -1;
  // Of the program that executed this one: what it ignored, and its limits,
  // soft and hard, of address space and of data; none when there was none.
  uint64_t ignored_signals = 0;
  std::vector<uint64_t> memory_limits{};
};

// Where the host enters the module, besides _start. Null when the module does
// not export it.
struct EntryPoints {
  const object::FuncRef* thread_start = nullptr;  // __slipway_thread_start
  const object::FuncRef* signal = nullptr;        // __slipway_signal
  engine::GlobalExtern stack_pointer;             // __stack_pointer, per thread
};

// The parts lock for themselves; the struct is immutable after start.
struct Process {
  GuestMemory memory;
  const sandbox::Policy& policy;
  const StartInfo& start;
  DescriptorTable& files;
  Vfs& vfs;
  AddressSpace& address_space;
  Signals& signals;
  ThreadRegistry& threads;
  PidRegistry& pids;
  engine::Store& store;
  // Null unless calls are traced.
  const Tracer* tracer = nullptr;
  // Set by the loader.
  engine::Instance* instance = nullptr;
  SideModules* modules = nullptr;
  EntryPoints entry{};
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PROCESS_H_
