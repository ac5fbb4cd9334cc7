#include "runtime/host/host_maps.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>

#include "runtime/host/owned_fd.h"

namespace slipway::host {
namespace {

std::string ReadMaps() {
  std::string text;
  const OwnedFd fd(::open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return text;
  char buffer[16384];
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
}

// Takes a number and the separator after it.
bool Take(std::string_view& text, int base, char separator, uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, base);
  if (result.ec != std::errc() || result.ptr == end ||
      *result.ptr != separator) {
    return false;
  }
  text.remove_prefix(static_cast<size_t>(result.ptr - text.data()) + 1);
  return true;
}

}  // namespace

// start-end permissions offset major:minor inode     name
std::optional<HostMapping> ParseHostMapping(std::string_view line) {
  constexpr size_t kPermissions = 5;  // with the space
  HostMapping mapping;
  uint64_t device;
  if (!Take(line, 16, '-', mapping.start) ||
      !Take(line, 16, ' ', mapping.end) || line.size() < kPermissions) {
    return std::nullopt;
  }
  line.remove_prefix(kPermissions);
  if (!Take(line, 16, ' ', mapping.offset) || !Take(line, 16, ':', device) ||
      !Take(line, 16, ' ', device) || !Take(line, 10, ' ', mapping.inode)) {
    return std::nullopt;
  }
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  mapping.name = line;
  return mapping;
}

void ForEachHostMapping(const std::function<void(const HostMapping&)>& visit) {
  const std::string text = ReadMaps();
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const auto mapping = ParseHostMapping(rest.substr(0, end));
    if (mapping) visit(*mapping);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

int64_t CountHostMappings() {
  const std::string text = ReadMaps();
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace slipway::host
