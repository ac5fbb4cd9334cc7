// Facts about the machine, and random bytes. See uname(2), sysinfo(2),
// getrandom(2).

#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>

#include "runtime/host/interruptible.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

// The release is ours: what a guest may rely on is posix1, not the kernel that
// happens to be below it, and it stays the same on every host.
constexpr char kRelease[] = "6.1.0-slipway";
constexpr char kVersion[] = "#1 SMP posix1";
constexpr char kMachine[] = "wasm64";

}  // namespace

SysResult<int64_t> uname(Call& call, GuestPtr name) {
  utsname host;
  if (::uname(&host) != 0) return Errno::Last();
  utsname guest{};
  std::strcpy(guest.sysname, "Linux");
  std::memcpy(guest.nodename, host.nodename, sizeof(guest.nodename));
  std::strcpy(guest.release, kRelease);
  std::strcpy(guest.version, kVersion);
  std::strcpy(guest.machine, kMachine);
  std::memcpy(guest.domainname, host.domainname, sizeof(guest.domainname));
  SLIPWAY_CHECK_OK(call.process.memory.Store(name, guest));
  return 0;
}

SysResult<int64_t> sysinfo(Call& call, GuestPtr info) {
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(info, sizeof(struct sysinfo)));
  if (syscall(SYS_sysinfo, out) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> getrandom(Call& call, GuestPtr buf, uint64_t count,
                             uint32_t flags) {
  SLIPWAY_TRY(void* const out, call.process.memory.ForKernel(buf, count));
  return FromKernel(
      host::InterruptibleSyscall(SYS_getrandom, out, count, flags));
}

}  // namespace slipway::sys
