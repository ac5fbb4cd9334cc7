#include "runtime/syscalls/fuzzing/checks.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/syscalls/fuzzing/arena.h"
#include "runtime/syscalls/fuzzing/guest.h"

namespace slipway::sys::fuzzing {
namespace {

// The runtime pins the directories that sockets are bound in: as many.
constexpr size_t kMostPins = 64;

std::set<int> OpenDescriptors() {
  std::set<int> open;
  DIR* const directory = ::opendir("/proc/thread-self/fd");
  if (directory == nullptr) return open;
  while (const dirent* entry = ::readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != ::dirfd(directory)) open.insert(fd);
  }
  ::closedir(directory);
  return open;
}

std::set<int> High(const host::DescriptorTable& files) {
  std::set<int> high;
  for (int fd : OpenDescriptors()) {
    if (fd >= files.max_limit()) high.insert(fd);
  }
  return high;
}

void ReportDescriptor(Shared& shared, const char* what, int fd) {
  char link[64], target[256] = "", line[512];
  std::snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
  const ssize_t size = ::readlink(link, target, sizeof(target) - 1);
  target[size < 0 ? 0 : size] = '\0';
  std::snprintf(line, sizeof(line), "descriptor %d (%s) %s", fd, target, what);
  Report(shared, line);
}

// What the reservation looks like where nothing is mapped.
bool IsReserved(const char* permissions) {
  return std::strncmp(permissions, "---p", 4) == 0;
}

}  // namespace

DescriptorCheck::DescriptorCheck(const host::DescriptorTable& files)
    : files_(files), high_(High(files)) {}

void DescriptorCheck::Run(Shared& shared) const {
  const std::set<int> open = OpenDescriptors();
  size_t pins = 0;
  for (int fd : open) {
    if (fd < files_.max_limit()) {
      if (!files_.Find(host::GuestFd{fd}).ok()) {
        ReportDescriptor(shared, "is open and nobody's", fd);
      }
      continue;
    }
    if (high_.count(fd) == 0) ++pins;
    if ((::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
      ReportDescriptor(shared, "of the runtime's is inherited", fd);
    }
  }
  if (pins > kMostPins) Report(shared, "descriptors of the runtime's leak");
  files_.ForEach([&](int fd, host::Descriptor) {
    if (open.count(fd) == 0) {
      ReportDescriptor(shared, "is the guest's and not open", fd);
    }
  });
}

namespace {

// "" when all is well.
std::string FindStray(const host::GuestMemory& memory,
                      const host::AddressSpace& space) {
  FILE* const maps = std::fopen("/proc/thread-self/maps", "re");
  if (maps == nullptr) return "";
  std::string found;
  const auto base = reinterpret_cast<uint64_t>(memory.base());
  uint64_t covered = base;
  char line[1024];
  while (std::fgets(line, sizeof(line), maps) != nullptr) {
    uint64_t begin, end;
    char permissions[8];
    if (std::sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &begin, &end,
                    permissions) != 3) {
      continue;
    }
    if (end <= base || begin >= base + memory.size()) continue;
    begin = begin < base ? base : begin;
    end = end > base + memory.size() ? base + memory.size() : end;
    if (begin != covered) {
      found += std::string("a hole in the reservation before ") + line;
    }
    covered = end;
    if (!IsReserved(permissions) &&
        !space.IsMapped({begin - base}, end - begin)) {
      found += std::string("mapped, and not by the guest: ") + line;
    }
  }
  std::fclose(maps);
  if (covered != base + memory.size()) {
    found += "a hole at the end of the reservation";
  }
  return found;
}

}  // namespace

// Other threads may just be unmapping what they had: look again.
void CheckMemory(const host::GuestMemory& memory,
                 const host::AddressSpace& space, Shared& shared) {
  std::string found = "at first";
  for (int i = 0; i < 200 && !found.empty(); ++i) {
    if (i != 0) ::usleep(5000);
    found = FindStray(memory, space);
  }
  if (!found.empty()) Report(shared, found.c_str());
}

}  // namespace slipway::sys::fuzzing
