#include "runtime/host/signal_send.h"

#include <signal.h>
#include <unistd.h>

#include <climits>
#include <string>

#include "runtime/engine/thread.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/signal_delivery.h"
#include "runtime/host/thread.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

namespace {

// The calling process last: the signal may be its end. The error is that of the
// last one when none of them could be sent it.
template <typename Predicate>
SysResult<int64_t> SendToMembers(const Process& process, int signal,
                                 Predicate wanted) {
  bool sent = false, self = false;
  int error = ESRCH;
  const auto send = [&](int pid) {
    if (::kill(pid, signal) == 0) {
      sent = true;
    } else {
      error = errno;
    }
  };
  process.pids.ForEach([&](int pid) {
    if (!wanted(pid)) return;
    if (pid == getpid()) {
      self = true;
    } else {
      send(pid);
    }
  });
  if (self) send(getpid());
  if (sent) return 0;
  return Errno{error};
}

// Whether it is the calling thread, which is its process's main thread then: it
// need not ask the kernel for its process. (Other threads have other tids.)
bool IsMainThread(int pid) {
  const Thread* const thread = Thread::CurrentOrNull();
  return thread != nullptr && pid == thread->tid;
}

}  // namespace

SysStatus CheckMaySignal(const Process& process, int pid) {
  if (IsMainThread(pid)) return Done{};
  if (pid == getpid() || process.pids.Contains(pid)) return Done{};
  if (pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH)) {
    return Errno{ESRCH};
  }
  process.policy.NoteDenial("signal to process " + std::to_string(pid), "");
  return Errno{EPERM};
}

SysResult<int64_t> SendToProcesses(const Process& process, int pid,
                                   int signal) {
  if (pid > 0) {
    SLIPWAY_CHECK_OK(CheckMaySignal(process, pid));
    if (IsMainThread(pid) && SendToSelf(Thread::Current(), signal)) return 0;
    if (::kill(pid, signal) != 0) return Errno::Last();
    return 0;
  }
  if (pid == -1) {
    return SendToMembers(process, signal,
                         [](int member) { return member != getpid(); });
  }
  if (pid == INT_MIN) return Errno{ESRCH};  // has no opposite
  const int group = pid == 0 ? getpgrp() : -pid;
  return SendToMembers(process, signal, [group](int member) {
    return getpgid(member) == group;
  });
}

bool OnAlternateStack(const Thread& thread) {
  const object::Value& sp =
      thread.engine->Global(thread.process->entry.stack_pointer);
  return thread.signals.alternate.Contains(static_cast<uint64_t>(sp.i64));
}

}  // namespace slipway::host
