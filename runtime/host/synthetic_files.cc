#include "runtime/host/synthetic_files.h"

#include <unistd.h>

#include <string>

#include "runtime/host/name_servers.h"
#include "runtime/host/proc_files.h"

namespace slipway::host {
namespace {

using Kind = SyntheticFile::Kind;

SysResult<std::string> Passwd(const SyntheticContext&) {
  std::string text = "root:x:0:0:root:/:/bin/sh\n";
  if (const uid_t uid = ::getuid(); uid != 0) {
    text += "user:x:" + std::to_string(uid) + ":" + std::to_string(::getgid()) +
            ":user:/:/bin/sh\n";
  }
  return text;
}

SysResult<std::string> Group(const SyntheticContext&) {
  std::string text = "root:x:0:\n";
  if (const gid_t gid = ::getgid(); gid != 0) {
    text += "user:x:" + std::to_string(gid) + ":\n";
  }
  return text;
}

SysResult<std::string> ResolvConf(const SyntheticContext& context) {
  const SysResult<std::string> hosts = ReadHostFile("/etc/resolv.conf");
  return GrantedNameServers(hosts.ok() ? *hosts : "", context.policy);
}

constexpr SyntheticFile kFiles[] = {
    {"/dev/null", Kind::kHost, "/dev/null", nullptr, true},
    {"/dev/zero", Kind::kHost, "/dev/zero", nullptr, true},
    {"/dev/full", Kind::kHost, "/dev/full", nullptr, true},
    {"/dev/random", Kind::kHost, "/dev/random", nullptr, true},
    {"/dev/urandom", Kind::kHost, "/dev/urandom", nullptr, true},
    {"/dev/tty", Kind::kHost, "/dev/tty", nullptr, true},
    {"/dev/ptmx", Kind::kHost, "/dev/ptmx", nullptr, true},
    {"/dev/fd", Kind::kFdLinks},
    {"/dev/stdin", Kind::kLink, "/proc/self/fd/0"},
    {"/dev/stdout", Kind::kLink, "/proc/self/fd/1"},
    {"/dev/stderr", Kind::kLink, "/proc/self/fd/2"},

    {"/proc/self/stat", Kind::kGenerated, "", ProcStat},
    {"/proc/self/status", Kind::kHost, "/proc/self/status"},
    {"/proc/self/comm", Kind::kHost, "/proc/self/comm", nullptr, true},
    {"/proc/self/cmdline", Kind::kGenerated, "", ProcCommandLine},
    {"/proc/self/maps", Kind::kGenerated, "", ProcMaps},
    {"/proc/self/smaps", Kind::kGenerated, "", ProcSmaps},
    {"/proc/self/smaps_rollup", Kind::kGenerated, "", ProcSmapsRollup},
    {"/proc/self/environ", Kind::kGenerated, "", ProcEnvironment},
    {"/proc/self/cgroup", Kind::kText, "0::/\n"},
    {"/proc/self/mountinfo", Kind::kGenerated, "", ProcMountInfo},
    {"/proc/self/mounts", Kind::kGenerated, "", ProcMounts},
    {"/proc/self/task/[tid]/stat", Kind::kGenerated, "", ProcThreadStat},
    {"/proc/self/task/[tid]/status", Kind::kGenerated, "", ProcThreadStatus},
    {"/proc/self/task/[tid]/comm", Kind::kGenerated, "", ProcThreadComm},
    {"/proc/self/fdinfo/[fd]", Kind::kGenerated, "", ProcDescriptorInfo},
    {"/proc/self/exe", Kind::kLink, "", ProcExecutable},
    {"/proc/self/limits", Kind::kGenerated, "", ProcLimits},
    {"/proc/self/statm", Kind::kHost, "/proc/self/statm"},
    {"/proc/self/io", Kind::kHost, "/proc/self/io"},
    {"/proc/self/oom_score", Kind::kHost, "/proc/self/oom_score"},
    {"/proc/self/oom_score_adj", Kind::kHost, "/proc/self/oom_score_adj",
     nullptr, true},
    {"/proc/self/fd", Kind::kFdLinks},

    {"/proc/[pid]/stat", Kind::kGenerated, "", ProcStat},
    {"/proc/[pid]/status", Kind::kGenerated, "", ProcStatus},
    {"/proc/[pid]/statm", Kind::kGenerated, "", ProcStatm},
    {"/proc/[pid]/comm", Kind::kGenerated, "", ProcComm},
    {"/proc/[pid]/cmdline", Kind::kGenerated, "", ProcCommandLine},
    {"/proc/[pid]/maps", Kind::kGenerated, "", ProcMaps},

    {"/proc/mounts", Kind::kLink, "self/mounts"},
    {"/proc/cpuinfo", Kind::kHost, "/proc/cpuinfo"},
    {"/proc/loadavg", Kind::kHost, "/proc/loadavg"},
    {"/proc/meminfo", Kind::kHost, "/proc/meminfo"},
    {"/proc/stat", Kind::kHost, "/proc/stat"},
    {"/proc/uptime", Kind::kHost, "/proc/uptime"},
    {"/proc/version", Kind::kHost, "/proc/version"},
    {"/proc/sys/kernel/hostname", Kind::kHost, "/proc/sys/kernel/hostname"},
    {"/proc/sys/kernel/osrelease", Kind::kHost, "/proc/sys/kernel/osrelease"},
    {"/proc/sys/kernel/ostype", Kind::kHost, "/proc/sys/kernel/ostype"},
    {"/proc/sys/kernel/pid_max", Kind::kHost, "/proc/sys/kernel/pid_max"},
    {"/proc/sys/kernel/threads-max", Kind::kHost,
     "/proc/sys/kernel/threads-max"},
    {"/proc/sys/kernel/version", Kind::kHost, "/proc/sys/kernel/version"},
    {"/proc/sys/kernel/random/uuid", Kind::kHost,
     "/proc/sys/kernel/random/uuid"},
    {"/proc/sys/fs/file-max", Kind::kHost, "/proc/sys/fs/file-max"},
    {"/proc/sys/fs/nr_open", Kind::kHost, "/proc/sys/fs/nr_open"},
    {"/proc/sys/vm/max_map_count", Kind::kHost, "/proc/sys/vm/max_map_count"},
    {"/proc/sys/kernel/random/boot_id", Kind::kHost,
     "/proc/sys/kernel/random/boot_id"},
    {"/proc/sys/net/core/somaxconn", Kind::kHost,
     "/proc/sys/net/core/somaxconn"},
    {"/proc/sys/vm/overcommit_memory", Kind::kHost,
     "/proc/sys/vm/overcommit_memory"},
    {"/sys/devices/system/clocksource/clocksource0/current_clocksource",
     Kind::kHost,
     "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
    {"/sys/devices/system/cpu/online", Kind::kHost,
     "/sys/devices/system/cpu/online"},
    {"/sys/kernel/mm/transparent_hugepage/enabled", Kind::kHost,
     "/sys/kernel/mm/transparent_hugepage/enabled"},

    {"/etc/passwd", Kind::kGenerated, "", Passwd, false, true},
    {"/etc/group", Kind::kGenerated, "", Group, false, true},
    {"/etc/hosts", Kind::kText, "127.0.0.1 localhost\n::1 localhost\n", nullptr,
     false, true},
    {"/etc/resolv.conf", Kind::kGenerated, "", ResolvConf, false, true},
    {"/etc/localtime", Kind::kHost, "/etc/localtime", nullptr, false, true},
};

}  // namespace

std::span<const SyntheticFile> SyntheticFiles() { return kFiles; }

}  // namespace slipway::host
