#include "runtime/engine/reservation.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace slipway::engine {
namespace {

constexpr uint64_t kHugePage = uint64_t{2} << 20;
constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

// Keeps [aligned, aligned + size) of a mapping that is kHugePage longer.
uint8_t* TrimToAlignment(uint8_t* begin, uint64_t size) {
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uint64_t before = -address & (kHugePage - 1);
  if (before > 0) munmap(begin, before);
  if (before < kHugePage) munmap(begin + before + size, kHugePage - before);
  return begin + before;
}

}  // namespace

absl::StatusOr<uint8_t*> ReserveAddressSpace(uint64_t size,
                                             absl::string_view what) {
  const bool align = size > kHugePage;
  void* begin =
      mmap(nullptr, align ? size + kHugePage : size, PROT_NONE, kFlags, -1, 0);
  if (begin == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot reserve ", size, " bytes of address space for ",
                     what, ": ", strerror(errno), " (see `ulimit -v`)"));
  }
  auto* bytes = static_cast<uint8_t*>(begin);
  return align ? TrimToAlignment(bytes, size) : bytes;
}

uint8_t* MapLazily(uint64_t size) {
  void* begin = mmap(nullptr, size, PROT_READ | PROT_WRITE, kFlags, -1, 0);
  return begin == MAP_FAILED ? nullptr : static_cast<uint8_t*>(begin);
}

bool MakeAccessible(uint8_t* begin, uint64_t size) {
  return size == 0 || mprotect(begin, size, PROT_READ | PROT_WRITE) == 0;
}

void ReleaseAddressSpace(uint8_t* begin, uint64_t size) { munmap(begin, size); }

}  // namespace slipway::engine
