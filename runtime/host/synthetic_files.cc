#include "runtime/host/synthetic_files.h"

#include <unistd.h>

#include <string>

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
    {"/proc/self/exe", Kind::kLink, "", ProcExecutable},
    {"/proc/self/limits", Kind::kHost, "/proc/self/limits"},
    {"/proc/self/statm", Kind::kHost, "/proc/self/statm"},
    {"/proc/self/io", Kind::kHost, "/proc/self/io"},
    {"/proc/self/oom_score", Kind::kHost, "/proc/self/oom_score"},
    {"/proc/self/oom_score_adj", Kind::kHost, "/proc/self/oom_score_adj",
     nullptr, true},
    {"/proc/self/fd", Kind::kFdLinks},

    {"/proc/cpuinfo", Kind::kHost, "/proc/cpuinfo"},
    {"/proc/loadavg", Kind::kHost, "/proc/loadavg"},
    {"/proc/meminfo", Kind::kHost, "/proc/meminfo"},
    {"/proc/stat", Kind::kHost, "/proc/stat"},
    {"/proc/uptime", Kind::kHost, "/proc/uptime"},
    {"/proc/version", Kind::kHost, "/proc/version"},
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
    {"/etc/resolv.conf", Kind::kText, "# no name server is granted\n", nullptr,
     false, true},
    {"/etc/localtime", Kind::kHost, "/etc/localtime", nullptr, false, true},
};

}  // namespace

std::span<const SyntheticFile> SyntheticFiles() { return kFiles; }

}  // namespace slipway::host
