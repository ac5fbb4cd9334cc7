#include "runtime/cache/compiler_identity.h"

#include <cpuid.h>
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/cache/file.h"
#include "runtime/cache/sha256.h"

namespace slipway::cache {
namespace {

constexpr size_t kMaxNotes = 1 << 20;  // bytes; a real one has some hundred

template <typename T>
bool ReadAt(int fd, uint64_t offset, T* to, size_t count) {
  const size_t size = count * sizeof(T);
  return pread(fd, to, size, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(size);
}

// The descriptor of the NT_GNU_BUILD_ID note in a PT_NOTE segment's bytes.
std::optional<std::string> BuildIdIn(const std::string& notes) {
  const auto padded = [](uint64_t size) { return (size + 3) & ~uint64_t{3}; };
  uint64_t at = 0;
  Elf64_Nhdr header;
  while (at + sizeof(header) <= notes.size()) {
    std::memcpy(&header, notes.data() + at, sizeof(header));
    const uint64_t name = at + sizeof(header);
    const uint64_t descriptor = name + padded(header.n_namesz);
    const uint64_t end = descriptor + header.n_descsz;
    if (end > notes.size()) return std::nullopt;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        notes.compare(name, 4, std::string_view("GNU\0", 4)) == 0) {
      return notes.substr(descriptor, header.n_descsz);
    }
    at = descriptor + padded(header.n_descsz);
  }
  return std::nullopt;
}

std::optional<std::string> BuildId(int fd) {
  Elf64_Ehdr header;
  if (!ReadAt(fd, 0, &header, 1)) return std::nullopt;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  if (!ReadAt(fd, header.e_phoff, segments.data(), segments.size())) {
    return std::nullopt;
  }
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNotes) continue;
    std::string notes(segment.p_filesz, '\0');
    if (!ReadAt(fd, segment.p_offset, notes.data(), notes.size())) continue;
    if (auto id = BuildIdIn(notes)) return id;
  }
  return std::nullopt;
}

std::string ExecutableDirectory() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  if (size <= 0) return ".";
  const std::string executable(path, static_cast<size_t>(size));
  return executable.substr(0, executable.rfind('/'));
}

}  // namespace

absl::StatusOr<std::string> FindCompiler() {
  if (const char* named = std::getenv("SLIPWAY_COMPILER")) {
    if (access(named, X_OK) == 0) return std::string(named);
    return ErrnoStatus(absl::StrCat("SLIPWAY_COMPILER=", named), errno);
  }
  const std::string directory = ExecutableDirectory();
  for (const char* place :
       {"/slipway-compiler", "/../compiler/slipway-compiler"}) {
    const std::string path = directory + place;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return absl::NotFoundError(
      absl::StrCat("slipway-compiler is not in ", directory,
                   " (name it in the environment variable SLIPWAY_COMPILER)"));
}

absl::StatusOr<std::string> FileIdentity(const std::string& path) {
  const OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return ErrnoStatus(path, errno);
  if (std::optional<std::string> id = BuildId(fd.get())) return *id;
  const absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return content.status();
  return Hex(Sha256().Update(*content).Finish());
}

std::string CpuIdentity(std::string_view cpu) {
  if (cpu != "native") return std::string(cpu);
  std::string identity = "native";
  unsigned eax, ebx, ecx, edx;
  if (__get_cpuid(0, &eax, &ebx, &ecx, &edx)) {
    absl::StrAppend(&identity, " ", ebx, ".", edx, ".", ecx);
  }
  // EBX of leaf 1 names the core we happen to run on.
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
    absl::StrAppend(&identity, " ", eax, ".", ecx, ".", edx);
  }
  for (const unsigned subleaf : {0u, 1u}) {
    if (__get_cpuid_count(7, subleaf, &eax, &ebx, &ecx, &edx)) {
      absl::StrAppend(&identity, " ", eax, ".", ebx, ".", ecx, ".", edx);
    }
  }
  if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) {
    absl::StrAppend(&identity, " ", ecx, ".", edx);
  }
  return identity;
}

}  // namespace slipway::cache
