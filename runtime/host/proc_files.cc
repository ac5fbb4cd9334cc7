#include "runtime/host/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/mounts.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/synthetic_files.h"

namespace slipway::host {

SysResult<std::string> ReadHostFile(const std::string& path) {
  const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return Errno::Last();
  std::string text;
  char buffer[16384];
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Errno::Last();
    if (got == 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
}

namespace {

// Splits off the text up to `separator`, which is dropped.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

struct Range {
  uint64_t start = 0;
  uint64_t end = 0;
};

// The addresses of a mapping's header line; nullopt for smaps' other lines.
std::optional<Range> ParseRange(std::string_view line) {
  Range range;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, range.start, 16);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') {
    return std::nullopt;
  }
  const auto second = std::from_chars(first.ptr + 1, end, range.end, 16);
  if (second.ec != std::errc() || second.ptr == end || *second.ptr != ' ') {
    return std::nullopt;
  }
  return range;
}

// A path as the tables of mounts and mappings have it.
std::string EscapePath(std::string_view path) {
  std::string text;
  for (const char c : path) {
    char octal[8];
    const bool plain = c != ' ' && c != '\t' && c != '\n' && c != '\\';
    std::snprintf(octal, sizeof(octal), plain ? "%c" : "\\%03o", c);
    text += octal;
  }
  return text;
}

std::string JoinStrings(const std::vector<std::string>& strings) {
  std::string text;
  for (const std::string& string : strings) {
    text.append(string.c_str(), string.size() + 1);
  }
  return text;
}

// A header line with guest addresses and without the host's path, for the part
// of a mapping that begins `skipped` bytes into it.
std::string GuestMapLine(std::string_view line, Range range, uint64_t skipped) {
  TakeUntil(line, ' ');
  const std::string_view permissions = TakeUntil(line, ' ');
  const std::string_view offset = TakeUntil(line, ' ');
  const std::string_view device = TakeUntil(line, ' ');
  const std::string_view inode = TakeUntil(line, ' ');
  uint64_t position = 0;
  std::from_chars(offset.data(), offset.data() + offset.size(), position, 16);
  if (inode != "0") position += skipped;
  char columns[80];
  std::snprintf(columns, sizeof(columns),
                "%08" PRIx64 "-%08" PRIx64 " %.4s %08" PRIx64, range.start,
                range.end, permissions.data(), position);
  std::string result = columns;
  for (std::string_view field : {device, inode}) {
    result.append(" ").append(field);
  }
  return result + " \n";
}

// The kernel shows the reservation as mapped, and as one with what the guest
// has without permissions: the guest's table tells them apart. Without that,
// what has no permissions is taken for unused.
void AppendMapped(std::string_view line, Range range, const MapsView& view,
                  std::string& result) {
  const Range guest{range.start - view.base, range.end - view.base};
  if (!view.mapped) {
    const bool reserved = line.find(" ---p 00000000 00:00 0") != line.npos;
    if (!reserved) result += GuestMapLine(line, guest, 0);
    return;
  }
  Range next{};
  const auto flush = [&] {
    if (next.end == 0) return;
    result += GuestMapLine(line, next, next.start - guest.start);
  };
  for (const Mapping& mapping : *view.mapped) {
    const uint64_t start = std::max(mapping.begin, guest.start);
    const uint64_t end = std::min(mapping.end, guest.end);
    if (start >= end) continue;
    if (start == next.end) {
      next.end = end;
      continue;
    }
    flush();
    next = {start, end};
  }
  flush();
}

SysResult<std::string> Read(const SyntheticContext& context, const char* name) {
  const std::string process =
      context.number == 0 ? "self" : std::to_string(context.number);
  return ReadHostFile("/proc/" + process + "/" + name);
}

SysResult<std::string> ReadOfThread(const SyntheticContext& context,
                                    const char* name) {
  return ReadHostFile("/proc/self/task/" + std::to_string(context.number) +
                      "/" + name);
}

// Another process of the tree may have its memory elsewhere.
MapsView GuestView(const SyntheticContext& context) {
  MapsView view{.base = reinterpret_cast<uint64_t>(context.memory.base()),
                .size = context.memory.size(),
                .mapped = std::nullopt};
  if (context.number != 0) {
    view.base = context.processes->MemoryBase(context.number);
  } else if (context.address_space != nullptr) {
    view.mapped = context.address_space->Mapped();
  }
  return view;
}

constexpr int kArgumentsStart = 48;  // arg_start

// A number of /proc/self/stat, by its number in proc(5); 0 when there is none.
uint64_t StatField(std::string_view text, int wanted) {
  text.remove_prefix(std::min(text.rfind(')') + 1, text.size()));
  TakeUntil(text, ' ');
  for (int field = 3; field < wanted; ++field) TakeUntil(text, ' ');
  const std::string_view value = TakeUntil(text, ' ');
  uint64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

}  // namespace

std::string RewriteStat(std::string_view text) {
  // The name is in parentheses and may itself contain any of them.
  const size_t close = text.rfind(')');
  if (close == text.npos) return std::string(text);
  std::string result(text.substr(0, close + 1));
  std::string_view rest = text.substr(close + 1);
  while (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  if (!rest.empty()) rest.remove_prefix(1);
  for (int field = 3; !rest.empty(); ++field) {
    std::string_view value = TakeUntil(rest, ' ');
    // startcode, endcode; startstack, kstkesp, kstkeip, then wchan and the
    // bounds of data, brk, arguments and environment.
    if (field == 26 || field == 27) value = "1";
    if ((field >= 28 && field <= 30) || (field >= 45 && field <= 51)) {
      value = "0";
    }
    result.append(" ").append(value);
  }
  return result + "\n";
}

std::string RewriteMaps(std::string_view text, const MapsView& view) {
  std::string result;
  bool shown = false;
  while (!text.empty()) {
    const std::string_view line = TakeUntil(text, '\n');
    if (const std::optional<Range> range = ParseRange(line)) {
      const size_t before = result.size();
      if (range->start >= view.base && range->end <= view.base + view.size) {
        AppendMapped(line, *range, view, result);
      }
      shown = result.size() != before;
    } else if (shown) {
      result.append(line).append("\n");
    }
  }
  return result;
}

SysResult<std::string> ProcStat(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, Read(context, "stat"));
  return RewriteStat(text);
}

SysResult<std::string> ProcStatus(const SyntheticContext& context) {
  return Read(context, "status");
}

SysResult<std::string> ProcStatm(const SyntheticContext& context) {
  return Read(context, "statm");
}

SysResult<std::string> ProcComm(const SyntheticContext& context) {
  return Read(context, "comm");
}

SysResult<std::string> ProcThreadStat(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, ReadOfThread(context, "stat"));
  return RewriteStat(text);
}

SysResult<std::string> ProcThreadStatus(const SyntheticContext& context) {
  return ReadOfThread(context, "status");
}

SysResult<std::string> ProcThreadComm(const SyntheticContext& context) {
  return ReadOfThread(context, "comm");
}

SysResult<std::string> ProcDescriptorInfo(const SyntheticContext& context) {
  return ReadHostFile("/proc/self/fdinfo/" + std::to_string(context.number));
}

// The kernel shows the guest's argv (process_title.h), a changed title
// included, unless it could not be told.
SysResult<std::string> ProcCommandLine(const SyntheticContext& context) {
  SLIPWAY_TRY(std::string text, Read(context, "stat"));
  if (context.number != 0 ||
      context.memory.ContainsAddress(StatField(text, kArgumentsStart))) {
    return Read(context, "cmdline");
  }
  return JoinStrings(context.start.arguments);
}

// What it was started with, as on Linux.
SysResult<std::string> ProcEnvironment(const SyntheticContext& context) {
  return JoinStrings(context.start.environment);
}

SysResult<std::string> ProcMaps(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, Read(context, "maps"));
  return RewriteMaps(text, GuestView(context));
}

SysResult<std::string> ProcSmaps(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, Read(context, "smaps"));
  return RewriteMaps(text, GuestView(context));
}

// The sums are of the whole process.
SysResult<std::string> ProcSmapsRollup(const SyntheticContext& context) {
  SLIPWAY_TRY(std::string text, Read(context, "smaps_rollup"));
  const size_t end = std::min(text.find('\n'), text.size());
  char line[128];
  std::snprintf(line, sizeof(line),
                "%08" PRIx64 "-%08" PRIx64 " ---p 00000000 00:00 0 %26s",
                uint64_t{AddressSpace::kPage}, context.memory.size(),
                "[rollup]");
  return text.replace(0, end, line);
}

// The kernel's, with the limits that are the guest's own.
SysResult<std::string> ProcLimits(const SyntheticContext& context) {
  SLIPWAY_TRY(std::string text, Read(context, "limits"));
  const auto value = [](rlim_t limit) {
    return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit);
  };
  const auto set = [&](std::string_view name, const rlimit& limit) {
    const size_t at = text.find(name);
    if (at == text.npos) return;
    char columns[64];
    std::snprintf(columns, sizeof(columns), "%-20s %-20s ",
                  value(limit.rlim_cur).c_str(), value(limit.rlim_max).c_str());
    constexpr size_t kName = 26, kColumns = 42;
    text.replace(at + kName, kColumns, columns);
  };
  set("Max open files", {static_cast<rlim_t>(context.files.limit()),
                         static_cast<rlim_t>(context.files.hard_limit())});
  if (context.address_space != nullptr) {
    set("Max address space", context.address_space->Limit(RLIMIT_AS));
    set("Max data size", context.address_space->Limit(RLIMIT_DATA));
  }
  return text;
}

// id parent device root mount-point options - type source super-options
SysResult<std::string> ProcMountInfo(const SyntheticContext& context) {
  std::string text;
  int id = 0;
  for (const Mounts::Entry& mount : context.mounts.entries()) {
    const char* const access = mount.read_only ? "ro" : "rw";
    char numbers[32];
    std::snprintf(numbers, sizeof(numbers), "%d 0 0:%d / ", id + 1, id + 1);
    ++id;
    text.append(numbers).append(EscapePath(mount.guest_path));
    text.append(" ").append(access).append(",relatime - slipway none ");
    text.append(access).append("\n");
  }
  return text;
}

// source mount-point type options 0 0
SysResult<std::string> ProcMounts(const SyntheticContext& context) {
  std::string text;
  for (const Mounts::Entry& mount : context.mounts.entries()) {
    text.append("none ").append(EscapePath(mount.guest_path));
    text.append(mount.read_only ? " slipway ro,relatime 0 0\n"
                                : " slipway rw,relatime 0 0\n");
  }
  return text;
}

SysResult<std::string> ProcExecutable(const SyntheticContext& context) {
  return context.start.executable;
}

std::vector<int> OwnThreads() {
  std::vector<int> threads;
  DIR* const directory = ::opendir("/proc/self/task");
  if (directory == nullptr) return threads;
  while (const dirent* entry = ::readdir(directory)) {
    const int number = std::atoi(entry->d_name);
    if (number > 0) threads.push_back(number);
  }
  ::closedir(directory);
  return threads;
}

}  // namespace slipway::host
