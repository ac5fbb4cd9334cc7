#include "runtime/wasi/errno.h"

#include <cerrno>
#include <iterator>

namespace slipway::wasi {
namespace {

constexpr const char* kNames[] = {
    "SUCCESS",
#define WASI_ERRNO(name, linux_errno) #name,
#include "runtime/wasi/errno.def"
#undef WASI_ERRNO
};

constexpr int kLinux[] = {
    0,
#define WASI_ERRNO(name, linux_errno) linux_errno,
#include "runtime/wasi/errno.def"
#undef WASI_ERRNO
};
static_assert(std::size(kLinux) == 77);

constexpr uint16_t kIo = 29;

}  // namespace

uint16_t ToWasiErrno(host::Errno error) {
  for (uint16_t i = 1; i < std::size(kLinux); ++i) {
    if (kLinux[i] == error.code) return i;
  }
  return kIo;
}

const char* WasiErrnoName(uint32_t number) {
  return number < std::size(kNames) ? kNames[number] : nullptr;
}

}  // namespace slipway::wasi
