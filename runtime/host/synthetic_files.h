// The files a guest sees without having been granted them: devices without
// side effects, /proc of its own process, and what libc looks for in /etc.
// Adding one is adding a row to the table in synthetic_files.cc. A component
// [pid], [tid] or [fd] stands for the numbers of the other processes of the
// guest's tree, of its threads, and of its descriptors.

#ifndef SLIPWAY_RUNTIME_HOST_SYNTHETIC_FILES_H_
#define SLIPWAY_RUNTIME_HOST_SYNTHETIC_FILES_H_

#include <span>
#include <string>

#include "runtime/host/guest_memory.h"
#include "runtime/host/process.h"
#include "runtime/host/sys_result.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

class Mounts;

// What generators may look at.
struct SyntheticContext {
  const sandbox::Policy& policy;
  const StartInfo& start;
  GuestMemory memory;
  const DescriptorTable& files;
  const Mounts& mounts;
  // Null for a guest that has none, as in WASI.
  const AddressSpace* address_space = nullptr;
  PidRegistry* processes = nullptr;
  // What stands for [pid], [tid] or [fd] in the file's path.
  int number = 0;
};

struct SyntheticFile {
  enum class Kind {
    kHost,  // the host's file at `text`, as the guest's own process sees it
    kGenerated,  // what generate() returns at the time of open
    kLink,       // a symbolic link to that, or to `text`
    kText,       // `text`
    kFdLinks,    // the directory of links to the guest's descriptors
    kProgram,    // the host's program at `text`: for execve, not to be read
  };
  const char* path;  // the guest's
  Kind kind;
  const char* text = "";
  SysResult<std::string> (*generate)(const SyntheticContext&) = nullptr;
  bool writable = false;  // kHost: may be opened for writing
  // Only where no mount covers the path, so that a granted /etc wins.
  bool fallback = false;
  bool executable = false;  // kHost: a program of the guest's own
};

std::span<const SyntheticFile> SyntheticFiles();

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SYNTHETIC_FILES_H_
