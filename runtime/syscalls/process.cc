// Processes: fork and wait, ids and groups, limits, usage. One guest process is
// one host process, so most calls are the kernel's own, restricted to the
// guest's tree.

#include <linux/capability.h>
#include <linux/limits.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/fork.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/signal_send.h"
#include "runtime/sandbox/policy.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"
#include "runtime/syscalls/pidfd.h"

namespace slipway::sys {

namespace {

using host::InterruptibleSyscall;

SysResult<int64_t> Pass(int64_t result) {
  if (result < 0) return Errno::Last();
  return result;
}

// A pid argument that may be 0 for the caller.
SysStatus CheckMember(Call& call, int32_t pid) {
  if (pid == 0) return Done{};
  return host::CheckMaySignal(call.process, pid);
}

struct Ids {
  uint32_t real, effective, saved;
};

Ids UserIds() {
  Ids ids{};
  ::getresuid(&ids.real, &ids.effective, &ids.saved);
  return ids;
}

Ids GroupIds() {
  Ids ids{};
  ::getresgid(&ids.real, &ids.effective, &ids.saved);
  return ids;
}

SysResult<int64_t> StoreIds(Call& call, const Ids& ids, GuestPtr real,
                            GuestPtr effective, GuestPtr saved) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_CHECK_OK(memory.Store(real, ids.real));
  SLIPWAY_CHECK_OK(memory.Store(effective, ids.effective));
  SLIPWAY_CHECK_OK(memory.Store(saved, ids.saved));
  return 0;
}

// Those that bound what the guest has, and not the process: the kernel's would
// count the runtime's memory and descriptors with the guest's.
bool IsGuestLimit(int32_t resource) {
  return resource == RLIMIT_NOFILE || resource == RLIMIT_AS ||
         resource == RLIMIT_DATA;
}

SysResult<rlimit> GetLimit(Call& call, int32_t resource) {
  rlimit limit = {};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) {
    return Errno::Last();
  }
  if (resource == RLIMIT_NOFILE) {
    limit.rlim_cur = call.process.files.limit();
    limit.rlim_max = call.process.files.hard_limit();
  } else if (IsGuestLimit(resource)) {
    limit = call.process.address_space.Limit(resource);
  }
  return limit;
}

SysStatus SetLimit(Call& call, int32_t resource, const rlimit& limit) {
  if (limit.rlim_cur > limit.rlim_max) return Errno{EINVAL};
  if (!IsGuestLimit(resource)) {
    if (::setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) {
      return Errno::Last();
    }
    return Done{};
  }
  SLIPWAY_TRY(const rlimit old, GetLimit(call, resource));
  if (limit.rlim_max > old.rlim_max) return Errno{EPERM};
  if (resource == RLIMIT_NOFILE) {
    call.process.files.SetLimits(static_cast<int>(limit.rlim_cur),
                                 static_cast<int>(limit.rlim_max));
  } else {
    call.process.address_space.SetLimit(resource, limit);
  }
  return Done{};
}

// The limits that are the runtime's own affair are not seen from outside.
SysResult<int64_t> LimitOfOther(Call& call, int32_t pid, int32_t resource,
                                GuestPtr new_limit, GuestPtr old_limit) {
  SLIPWAY_CHECK_OK(CheckMember(call, pid));
  if (IsGuestLimit(resource)) return Errno{EPERM};
  const GuestMemory& memory = call.process.memory;
  rlimit limit, old;
  if (!new_limit.is_null()) {
    SLIPWAY_TRY(limit, memory.Load<rlimit>(new_limit));
  }
  if (::prlimit(pid, static_cast<__rlimit_resource>(resource),
                new_limit.is_null() ? nullptr : &limit, &old) != 0) {
    return Errno::Last();
  }
  if (!old_limit.is_null()) SLIPWAY_CHECK_OK(memory.Store(old_limit, old));
  return 0;
}

// A child that was reaped is no member of the tree any more.
void Reaped(Call& call, int64_t pid, bool ended) {
  if (pid > 0 && ended) call.process.pids.Remove(static_cast<int>(pid));
}

// Children that end without SIGCHLD are the runtime's (the compiler); a guest
// cannot have any.
SysResult<uint32_t> GuestOptions(uint32_t options) {
  if ((options & __WCLONE) != 0 && (options & __WALL) == 0) {
    return Errno{ECHILD};
  }
  return options & ~uint32_t{__WALL | __WCLONE};
}

}  // namespace

SysResult<int64_t> fork(Call& call) { return host::Fork(call.thread); }

SysResult<int64_t> vfork(Call& call) { return host::Vfork(call.thread); }

SysResult<int64_t> clone(Call& call, uint64_t flags, GuestPtr stack, GuestPtr,
                         GuestPtr, uint64_t) {
  const uint64_t kind = flags & ~uint64_t{CSIGNAL};
  const bool as_fork =
      kind == 0 || kind == (CLONE_VM | CLONE_VFORK) || kind == CLONE_VFORK;
  if (!as_fork || (flags & CSIGNAL) != SIGCHLD || !stack.is_null()) {
    return Errno{EINVAL};
  }
  return (kind & CLONE_VFORK) != 0 ? host::Vfork(call.thread)
                                   : host::Fork(call.thread);
}

SysResult<int64_t> wait4(Call& call, int32_t pid, GuestPtr status,
                         uint32_t options, GuestPtr usage) {
  SLIPWAY_TRY(options, GuestOptions(options));
  int host_status = 0;
  rusage host_usage = {};
  SLIPWAY_TRY(const int64_t child,
              FromKernel(InterruptibleSyscall(SYS_wait4, pid, &host_status,
                                              options, &host_usage)));
  if (child == 0) return 0;
  Reaped(call, child, WIFEXITED(host_status) || WIFSIGNALED(host_status));
  const GuestMemory& memory = call.process.memory;
  if (!status.is_null()) SLIPWAY_CHECK_OK(memory.Store(status, host_status));
  if (!usage.is_null()) SLIPWAY_CHECK_OK(memory.Store(usage, host_usage));
  return child;
}

SysResult<int64_t> waitid(Call& call, int32_t idtype, int32_t id, GuestPtr info,
                          uint32_t options, GuestPtr usage) {
  if (idtype != P_ALL && idtype != P_PID && idtype != P_PGID &&
      idtype != P_PIDFD) {
    return Errno{EINVAL};
  }
  if (idtype == P_PIDFD) SLIPWAY_CHECK_OK(ClaimPidFd(call, GuestFd{id}));
  SLIPWAY_TRY(options, GuestOptions(options));
  siginfo_t host_info = {};
  rusage host_usage = {};
  SLIPWAY_TRY([[maybe_unused]] const int64_t done,
              FromKernel(InterruptibleSyscall(
                  SYS_waitid, idtype, id, &host_info, options, &host_usage)));
  const bool ended = host_info.si_code == CLD_EXITED ||
                     host_info.si_code == CLD_KILLED ||
                     host_info.si_code == CLD_DUMPED;
  Reaped(call, host_info.si_pid, ended && (options & WNOWAIT) == 0);
  const GuestMemory& memory = call.process.memory;
  if (!info.is_null()) SLIPWAY_CHECK_OK(memory.Store(info, host_info));
  if (!usage.is_null()) SLIPWAY_CHECK_OK(memory.Store(usage, host_usage));
  return 0;
}

SysResult<int64_t> getpid(Call&) { return ::getpid(); }
SysResult<int64_t> getppid(Call&) { return CallKernel(SYS_getppid); }
SysResult<int64_t> getpgrp(Call&) { return ::getpgrp(); }

SysResult<int64_t> getpgid(Call& call, int32_t pid) {
  SLIPWAY_CHECK_OK(CheckMember(call, pid));
  return Pass(::getpgid(pid));
}

SysResult<int64_t> setpgid(Call& call, int32_t pid, int32_t pgid) {
  SLIPWAY_CHECK_OK(CheckMember(call, pid));
  return Pass(::setpgid(pid, pgid));
}

SysResult<int64_t> getsid(Call& call, int32_t pid) {
  SLIPWAY_CHECK_OK(CheckMember(call, pid));
  return Pass(::getsid(pid));
}

SysResult<int64_t> setsid(Call&) { return Pass(::setsid()); }

SysResult<int64_t> getuid(Call&) { return ::getuid(); }
SysResult<int64_t> geteuid(Call&) { return ::geteuid(); }
SysResult<int64_t> getgid(Call&) { return ::getgid(); }
SysResult<int64_t> getegid(Call&) { return ::getegid(); }

SysResult<int64_t> getresuid(Call& call, GuestPtr ruid, GuestPtr euid,
                             GuestPtr suid) {
  return StoreIds(call, UserIds(), ruid, euid, suid);
}

SysResult<int64_t> getresgid(Call& call, GuestPtr rgid, GuestPtr egid,
                             GuestPtr sgid) {
  return StoreIds(call, GroupIds(), rgid, egid, sgid);
}

// Ids are the kernel's and the calling thread's: libc changes those of all
// threads. The kernel lets a process give up what it has, and slipway has no
// more than whoever started it.
SysResult<int64_t> setuid(Call&, uint32_t uid) {
  return Pass(syscall(SYS_setuid, uid));
}
SysResult<int64_t> setgid(Call&, uint32_t gid) {
  return Pass(syscall(SYS_setgid, gid));
}
SysResult<int64_t> setreuid(Call&, uint32_t ruid, uint32_t euid) {
  return Pass(syscall(SYS_setreuid, ruid, euid));
}
SysResult<int64_t> setregid(Call&, uint32_t rgid, uint32_t egid) {
  return Pass(syscall(SYS_setregid, rgid, egid));
}
SysResult<int64_t> setresuid(Call&, uint32_t ruid, uint32_t euid,
                             uint32_t suid) {
  return Pass(syscall(SYS_setresuid, ruid, euid, suid));
}
SysResult<int64_t> setresgid(Call&, uint32_t rgid, uint32_t egid,
                             uint32_t sgid) {
  return Pass(syscall(SYS_setresgid, rgid, egid, sgid));
}
SysResult<int64_t> setfsuid(Call&, uint32_t uid) {
  return syscall(SYS_setfsuid, uid);
}
SysResult<int64_t> setfsgid(Call&, uint32_t gid) {
  return syscall(SYS_setfsgid, gid);
}

SysResult<int64_t> setgroups(Call& call, uint64_t count, GuestPtr groups) {
  if (count > NGROUPS_MAX) return Errno{EINVAL};
  SLIPWAY_TRY(void* const in,
              call.process.memory.ForKernel(groups, count * sizeof(gid_t)));
  return Pass(syscall(SYS_setgroups, count, in));
}

SysResult<int64_t> getgroups(Call& call, int32_t count, GuestPtr groups) {
  if (count < 0) return Errno{EINVAL};
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(groups, count * sizeof(gid_t)));
  return Pass(syscall(SYS_getgroups, count, out));
}

SysResult<int64_t> getrusage(Call& call, int32_t who, GuestPtr usage) {
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(usage, sizeof(rusage)));
  return Pass(syscall(SYS_getrusage, who, out));
}

SysResult<int64_t> times(Call& call, GuestPtr buffer) {
  SLIPWAY_TRY(void* const out,
              ForKernelOrNull(call.process.memory, buffer, sizeof(tms)));
  return Pass(syscall(SYS_times, out));
}

SysResult<int64_t> prlimit64(Call& call, int32_t pid, int32_t resource,
                             GuestPtr new_limit, GuestPtr old_limit) {
  const GuestMemory& memory = call.process.memory;
  if (pid != 0 && pid != ::getpid()) {
    return LimitOfOther(call, pid, resource, new_limit, old_limit);
  }
  SLIPWAY_TRY(const rlimit old, GetLimit(call, resource));
  if (!new_limit.is_null()) {
    SLIPWAY_TRY(const rlimit limit, memory.Load<rlimit>(new_limit));
    SLIPWAY_CHECK_OK(SetLimit(call, resource, limit));
  }
  if (!old_limit.is_null()) SLIPWAY_CHECK_OK(memory.Store(old_limit, old));
  return 0;
}

SysResult<int64_t> getrlimit(Call& call, int32_t resource, GuestPtr limit) {
  SLIPWAY_TRY(const rlimit value, GetLimit(call, resource));
  SLIPWAY_CHECK_OK(call.process.memory.Store(limit, value));
  return 0;
}

SysResult<int64_t> setrlimit(Call& call, int32_t resource, GuestPtr limit) {
  SLIPWAY_TRY(const rlimit value, call.process.memory.Load<rlimit>(limit));
  SLIPWAY_CHECK_OK(SetLimit(call, resource, value));
  return 0;
}

SysResult<int64_t> getpriority(Call& call, int32_t which, int32_t who) {
  if (which != PRIO_PROCESS) return Errno{which > 2 ? EINVAL : EPERM};
  if (!call.process.threads.Contains(who)) {
    SLIPWAY_CHECK_OK(CheckMember(call, who));
  }
  return Pass(syscall(SYS_getpriority, which, who));
}

SysResult<int64_t> setpriority(Call& call, int32_t which, int32_t who,
                               int32_t priority) {
  if (which != PRIO_PROCESS) return Errno{which > 2 ? EINVAL : EPERM};
  if (!call.process.threads.Contains(who)) {
    SLIPWAY_CHECK_OK(CheckMember(call, who));
  }
  return Pass(syscall(SYS_setpriority, which, who, priority));
}

// The layout depends on the header's version; none is held in any of them.
SysResult<int64_t> capget(Call& call, GuestPtr header, GuestPtr data) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const __user_cap_header_struct wanted,
              memory.Load<__user_cap_header_struct>(header));
  const bool known = wanted.version == _LINUX_CAPABILITY_VERSION_1 ||
                     wanted.version == _LINUX_CAPABILITY_VERSION_2 ||
                     wanted.version == _LINUX_CAPABILITY_VERSION_3;
  if (!known) {
    SLIPWAY_CHECK_OK(memory.Store(header, _LINUX_CAPABILITY_VERSION_3));
    return data.is_null() ? SysResult<int64_t>(0) : Errno{EINVAL};
  }
  SLIPWAY_CHECK_OK(CheckMember(call, wanted.pid));
  if (data.is_null()) return 0;
  const __user_cap_data_struct none[2] = {};
  const size_t size = wanted.version == _LINUX_CAPABILITY_VERSION_1
                          ? sizeof(none[0])
                          : sizeof(none);
  SLIPWAY_CHECK_OK(memory.CopyOut(data, none, size));
  return 0;
}

SysResult<int64_t> personality(Call&, uint64_t persona) {
  constexpr uint64_t kQuery = 0xffffffff;
  if (persona != 0 && persona != kQuery) return Errno{EINVAL};
  return 0;  // PER_LINUX
}

}  // namespace slipway::sys
