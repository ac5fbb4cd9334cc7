#include "runtime/host/fork.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/engine/fork.h"
#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/process.h"
#include "runtime/host/side_modules.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"

namespace slipway::host {

namespace {

// With every lock of the host layer held and every signal blocked. `alone`: the
// process has no other thread, and nobody else takes the engine's locks.
// Touching them would cost a page fault each, in parent and child.
pid_t ForkLocked(Thread& thread, bool alone) {
  Process& process = *thread.process;
  if (!alone) engine::PrepareFork(process.store);
  const pid_t pid = fork();
  if (pid == 0) process.address_space.AfterForkInChild();
  if (alone) return pid;
  if (pid == 0) {
    engine::AfterForkInChild(process.store);
  } else {
    engine::AfterForkInParent(process.store);
  }
  return pid;
}

}  // namespace

namespace {

// In a vfork's child: what the parent waits at, until it is closed by execve or
// by the end. -1 otherwise.
int vfork_child_end = -1;

}  // namespace

// Lock order: side modules, threads, descriptors, signals, the engine's, the
// address space.
SysResult<int64_t> Fork(Thread& thread) {
  Process& process = *thread.process;
  pid_t pid;
  int error;
  {
    BlockSignals block;
    std::unique_lock<std::mutex> modules;
    if (process.modules != nullptr) {
      modules = std::unique_lock(process.modules->mutex());
    }
    std::scoped_lock lock(process.threads.mutex(), process.files.mutex(),
                          DescriptorClaims::mutex(), process.signals.mutex(),
                          process.address_space.mutex());
    pid = ForkLocked(thread, process.threads.IsAlone());
    error = errno;
    if (pid == 0) {
      process.threads.AfterForkInChild(thread);
      process.files.AfterForkInChild();
    }
  }
  if (pid < 0) return Errno{error};
  process.pids.Add(pid == 0 ? getpid() : pid,
                   reinterpret_cast<uint64_t>(process.memory.base()));
  // Signals that waited for the parent are not the child's.
  if (pid == 0) {
    SetGuestMask(thread, thread.signals.mask);
    if (vfork_child_end >= 0) ::close(std::exchange(vfork_child_end, -1));
  }
  return pid;
}

// The child has memory of its own, as POSIX allows. Signals wait until the
// parent goes on, as on Linux.
SysResult<int64_t> Vfork(Thread& thread) {
  const DescriptorTable& files = thread.process->files;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Errno::Last();
  const OwnedFd wait_end(files.MoveHigh(ends[0]));
  OwnedFd child_end(files.MoveHigh(ends[1]));
  SLIPWAY_TRY(const int64_t pid, Fork(thread));
  if (pid == 0) {
    vfork_child_end = child_end.Release();
    return 0;
  }
  child_end = OwnedFd();
  char byte;
  while (::read(wait_end.get(), &byte, 1) < 0 && errno == EINTR) {
  }
  return pid;
}

}  // namespace slipway::host
