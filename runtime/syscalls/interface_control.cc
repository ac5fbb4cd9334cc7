#include "runtime/syscalls/interface_control.h"

#include <linux/sockios.h>
#include <net/if.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "runtime/host/descriptor_table.h"
#include "runtime/sandbox/policy.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {
namespace {

// Each takes a struct ifreq.
constexpr uint32_t kRequests[] = {
    SIOCGIFNAME,    SIOCGIFINDEX,   SIOCGIFFLAGS,   SIOCGIFADDR,
    SIOCGIFNETMASK, SIOCGIFBRDADDR, SIOCGIFDSTADDR, SIOCGIFMTU,
    SIOCGIFMETRIC,  SIOCGIFHWADDR,  SIOCGIFTXQLEN,
};

// struct ifconf with the guest's pointer.
struct GuestInterfaceList {
  int32_t length;
  int32_t padding;
  GuestPtr buffer;
};
static_assert(sizeof(GuestInterfaceList) == sizeof(ifconf));

// SIOCGIFCONF: without a buffer, the size that it should have.
SysResult<int64_t> ListInterfaces(Call& call, int socket, GuestPtr at) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(GuestInterfaceList guest, memory.Load<GuestInterfaceList>(at));
  ifconf list{};
  list.ifc_len = guest.length;
  if (!guest.buffer.is_null()) {
    SLIPWAY_TRY(void* const buffer,
                memory.ForKernel(guest.buffer, std::max(guest.length, 0)));
    list.ifc_buf = static_cast<char*>(buffer);
  }
  SLIPWAY_TRY(const int64_t result,
              CallKernel(SYS_ioctl, socket, SIOCGIFCONF, &list));
  guest.length = list.ifc_len;
  SLIPWAY_CHECK_OK(memory.Store(at, guest));
  return result;
}

}  // namespace

bool IsInterfaceRequest(uint32_t request) {
  return request == SIOCGIFCONF ||
         std::find(std::begin(kRequests), std::end(kRequests), request) !=
             std::end(kRequests);
}

SysResult<int64_t> AskInterface(Call& call, GuestFd fd, uint32_t request,
                                GuestPtr argument) {
  host::Process& process = call.process;
  SLIPWAY_CHECK_OK(process.files.Host(fd));
  const auto socket = process.files.Socket(fd);
  if (!socket.ok()) return Errno{ENOTTY};
  if (!process.policy.rights.Has(sandbox::Right::interfaces)) {
    process.policy.NoteDenial("network interfaces", "--allow interfaces");
    return Errno{EPERM};
  }
  if (request == SIOCGIFCONF) return ListInterfaces(call, *socket, argument);
  SLIPWAY_TRY(void* const data,
              process.memory.ForKernel(argument, sizeof(ifreq)));
  return CallKernel(SYS_ioctl, *socket, request, data);
}

}  // namespace slipway::sys
