#include "runtime/host/terminals.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>

namespace slipway::host {
namespace {

constexpr std::string_view kDirectory = "/dev/pts/";
constexpr unsigned kFirstMajor = 136, kLastMajor = 143;  // UNIX98 ptys
constexpr unsigned kMinors = 256;

// The number of a terminal's descriptor, -1 for all else.
int NumberOf(int fd) {
  struct stat st;
  if (::fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode)) return -1;
  const unsigned device = major(st.st_rdev);
  if (device < kFirstMajor || device > kLastMajor) return -1;
  return static_cast<int>((device - kFirstMajor) * kMinors + minor(st.st_rdev));
}

bool IsMasterOf(int fd, int number) {
  unsigned found = 0;
  return ::ioctl(fd, TIOCGPTN, &found) == 0 &&
         static_cast<int>(found) == number;
}

}  // namespace

std::optional<int> TerminalNumber(std::string_view path) {
  if (path.substr(0, kDirectory.size()) != kDirectory) return std::nullopt;
  path.remove_prefix(kDirectory.size());
  int number = -1;
  const char* const end = path.data() + path.size();
  const auto parsed = std::from_chars(path.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < 0) {
    return std::nullopt;
  }
  return number;
}

std::optional<TerminalSide> FindTerminal(const DescriptorTable& files,
                                         int number) {
  std::optional<TerminalSide> found;
  files.ForEach([&](int fd, Descriptor descriptor) {
    const bool may_be = descriptor.kind == FdKind::kInherited ||
                        (descriptor.kind == FdKind::kFile &&
                         descriptor.node == Descriptor::kNoNode);
    if (!may_be || (found && !found->is_master)) return;
    if (NumberOf(fd) == number) {
      found = TerminalSide{GuestFd{fd}, false};
    } else if (IsMasterOf(fd, number)) {
      found = TerminalSide{GuestFd{fd}, true};
    }
  });
  return found;
}

}  // namespace slipway::host
