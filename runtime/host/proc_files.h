// Generators for the files of /proc/self that cannot be handed through: they
// name the runtime or show its addresses. Numbers are the host kernel's own;
// what is rewritten is the command line, the table of mappings (only those
// inside the guest's memory, under guest addresses) and the runtime's
// addresses (shown as the kernel shows them to strangers). See proc(5).

#ifndef SLIPWAY_RUNTIME_HOST_PROC_FILES_H_
#define SLIPWAY_RUNTIME_HOST_PROC_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/mapping_table.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct SyntheticContext;

// All of a file of the host's. Errors of open(2) and read(2).
SysResult<std::string> ReadHostFile(const std::string& path);

// Of the calling process, or of the one that the context's number names.
SysResult<std::string> ProcStat(const SyntheticContext& context);
SysResult<std::string> ProcStatus(const SyntheticContext& context);
SysResult<std::string> ProcStatm(const SyntheticContext& context);
SysResult<std::string> ProcComm(const SyntheticContext& context);
SysResult<std::string> ProcCommandLine(const SyntheticContext& context);
SysResult<std::string> ProcMaps(const SyntheticContext& context);
// Of the calling process.
SysResult<std::string> ProcSmaps(const SyntheticContext& context);
SysResult<std::string> ProcSmapsRollup(const SyntheticContext& context);
SysResult<std::string> ProcLimits(const SyntheticContext& context);
SysResult<std::string> ProcEnvironment(const SyntheticContext& context);
SysResult<std::string> ProcMountInfo(const SyntheticContext& context);
SysResult<std::string> ProcMounts(const SyntheticContext& context);
// The guest's path of its program: what /proc/self/exe links to.
SysResult<std::string> ProcExecutable(const SyntheticContext& context);
// Of the thread, or the descriptor, that the context's number names.
SysResult<std::string> ProcThreadStat(const SyntheticContext& context);
SysResult<std::string> ProcThreadStatus(const SyntheticContext& context);
SysResult<std::string> ProcThreadComm(const SyntheticContext& context);
SysResult<std::string> ProcDescriptorInfo(const SyntheticContext& context);

// The tids of the calling process.
std::vector<int> OwnThreads();

// The rewriting itself, for tests: `text` is the host's file.
std::string RewriteStat(std::string_view text);

// The guest's memory is at host addresses [base, base + size); what it has
// mapped there, if that is known.
struct MapsView {
  uint64_t base = 0;
  uint64_t size = 0;
  std::optional<std::vector<Mapping>> mapped;
};
// maps and smaps: a header line per mapping, in smaps with lines that follow.
std::string RewriteMaps(std::string_view text, const MapsView& view);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PROC_FILES_H_
