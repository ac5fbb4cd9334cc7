// Generators for the files of /proc/self that cannot be handed through: they
// name the runtime or show its addresses. Numbers are the host kernel's own;
// what is rewritten is the command line, the table of mappings (only those
// inside the guest's memory, under guest addresses) and the runtime's
// addresses (shown as the kernel shows them to strangers). See proc(5).

#ifndef SLIPWAY_RUNTIME_HOST_PROC_FILES_H_
#define SLIPWAY_RUNTIME_HOST_PROC_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/host/sys_result.h"

namespace slipway::host {

struct SyntheticContext;

SysResult<std::string> ProcStat(const SyntheticContext& context);
SysResult<std::string> ProcCommandLine(const SyntheticContext& context);
SysResult<std::string> ProcMaps(const SyntheticContext& context);
SysResult<std::string> ProcSmaps(const SyntheticContext& context);
// The guest's path of its program: what /proc/self/exe links to.
SysResult<std::string> ProcExecutable(const SyntheticContext& context);

// The rewriting itself, for tests: `text` is the host's file.
std::string RewriteStat(std::string_view text);
// maps and smaps: a header line per mapping, in smaps with lines that follow.
// The guest's memory is at host addresses [base, base + size).
std::string RewriteMaps(std::string_view text, uint64_t base, uint64_t size);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PROC_FILES_H_
