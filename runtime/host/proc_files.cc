#include "runtime/host/proc_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <optional>

#include "runtime/host/owned_fd.h"
#include "runtime/host/synthetic_files.h"

namespace slipway::host {
namespace {

SysResult<std::string> ReadHostFile(const char* path) {
  const OwnedFd fd(::open(path, O_RDONLY | O_CLOEXEC));
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

// A header line with guest addresses and without the host's path.
std::string GuestMapLine(std::string_view line, Range range, uint64_t base) {
  TakeUntil(line, ' ');
  const std::string_view permissions = TakeUntil(line, ' ');
  const std::string_view offset = TakeUntil(line, ' ');
  const std::string_view device = TakeUntil(line, ' ');
  const std::string_view inode = TakeUntil(line, ' ');
  char addresses[40];
  std::snprintf(addresses, sizeof(addresses), "%08" PRIx64 "-%08" PRIx64,
                range.start - base, range.end - base);
  std::string result = addresses;
  for (std::string_view field : {permissions, offset, device, inode}) {
    result.append(" ").append(field);
  }
  return result + " \n";
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

std::string RewriteMaps(std::string_view text, uint64_t base, uint64_t size) {
  std::string result;
  bool shown = false;
  while (!text.empty()) {
    const std::string_view line = TakeUntil(text, '\n');
    if (const std::optional<Range> range = ParseRange(line)) {
      // Reserved but unused space has no permissions: not a mapping for the
      // guest, although PROT_NONE mappings of its own are hidden with it.
      const bool reserved = line.find(" ---p 00000000 00:00 0") != line.npos;
      shown = range->start >= base && range->end <= base + size && !reserved;
      if (shown) result += GuestMapLine(line, *range, base);
    } else if (shown) {
      result.append(line).append("\n");
    }
  }
  return result;
}

SysResult<std::string> ProcStat(const SyntheticContext&) {
  SLIPWAY_TRY(const std::string text, ReadHostFile("/proc/self/stat"));
  return RewriteStat(text);
}

// The kernel shows the guest's argv (process_title.h), a changed title
// included, unless it could not be told.
SysResult<std::string> ProcCommandLine(const SyntheticContext& context) {
  SLIPWAY_TRY(std::string text, ReadHostFile("/proc/self/stat"));
  if (context.memory.ContainsAddress(StatField(text, kArgumentsStart))) {
    return ReadHostFile("/proc/self/cmdline");
  }
  text.clear();
  for (const std::string& argument : context.start.arguments) {
    text.append(argument.c_str(), argument.size() + 1);
  }
  return text;
}

SysResult<std::string> ProcMaps(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, ReadHostFile("/proc/self/maps"));
  return RewriteMaps(text, reinterpret_cast<uint64_t>(context.memory.base()),
                     context.memory.size());
}

SysResult<std::string> ProcSmaps(const SyntheticContext& context) {
  SLIPWAY_TRY(const std::string text, ReadHostFile("/proc/self/smaps"));
  return RewriteMaps(text, reinterpret_cast<uint64_t>(context.memory.base()),
                     context.memory.size());
}

SysResult<std::string> ProcExecutable(const SyntheticContext& context) {
  return context.start.executable;
}

}  // namespace slipway::host
