// Memory: mmap(2) and its family, over host::AddressSpace.

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

namespace {

using host::AddressSpace;
using host::InterruptibleSyscall;

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;

// The host's address of pages that are all mapped, for calls that change
// nothing about the mapping. ENOMEM for a hole, EINVAL for a bad start.
SysResult<void*> MappedPages(Call& call, GuestPtr addr, uint64_t length) {
  if ((addr.address & kPageMask) != 0) return Errno{EINVAL};
  if (!call.process.address_space.IsMapped(addr, length)) return Errno{ENOMEM};
  return call.process.memory.ForKernel(addr, length);
}

SysResult<int64_t> FromPointer(const SysResult<GuestPtr>& result) {
  if (!result.ok()) return result.error();
  return static_cast<int64_t>(result->address);
}

}  // namespace

SysResult<int64_t> mmap(Call& call, GuestPtr addr, uint64_t length,
                        uint32_t prot, uint32_t flags, GuestFd fd,
                        int64_t offset) {
  AddressSpace::MapRequest request{.address = addr,
                                   .length = length,
                                   .protection = prot,
                                   .flags = flags,
                                   .host_fd = -1,
                                   .offset = offset};
  if ((offset & kPageMask) != 0) return Errno{EINVAL};
  if ((flags & MAP_ANONYMOUS) != 0) {
    return FromPointer(call.process.address_space.Map(request));
  }
  SLIPWAY_TRY(request.host_fd, call.process.files.Host(fd));
  return FromPointer(call.process.address_space.Map(request));
}

SysResult<int64_t> munmap(Call& call, GuestPtr addr, uint64_t length) {
  return FromStatus(call.process.address_space.Unmap(addr, length));
}

SysResult<int64_t> mprotect(Call& call, GuestPtr addr, uint64_t length,
                            uint32_t prot) {
  return FromStatus(call.process.address_space.Protect(addr, length, prot));
}

SysResult<int64_t> mremap(Call& call, GuestPtr old_addr, uint64_t old_length,
                          uint64_t new_length, uint32_t flags,
                          GuestPtr new_addr) {
  return FromPointer(call.process.address_space.Remap(
      old_addr, old_length, new_length, flags, new_addr));
}

SysResult<int64_t> madvise(Call& call, GuestPtr addr, uint64_t length,
                           int32_t advice) {
  return FromStatus(call.process.address_space.Advise(addr, length, advice));
}

SysResult<int64_t> brk(Call& call, GuestPtr addr) {
  return static_cast<int64_t>(call.process.address_space.Break(addr).address);
}

SysResult<int64_t> msync(Call& call, GuestPtr addr, uint64_t length,
                         uint32_t flags) {
  constexpr uint32_t kKnown = MS_ASYNC | MS_SYNC | MS_INVALIDATE;
  if ((flags & ~kKnown) != 0) return Errno{EINVAL};
  SLIPWAY_TRY(void* const at, MappedPages(call, addr, length));
  return FromKernel(InterruptibleSyscall(SYS_msync, at, length, flags));
}

SysResult<int64_t> mincore(Call& call, GuestPtr addr, uint64_t length,
                           GuestPtr vec) {
  SLIPWAY_TRY(void* const at, MappedPages(call, addr, length));
  const uint64_t pages = (length + kPageMask) / AddressSpace::kPage;
  SLIPWAY_TRY(void* const out, call.process.memory.ForKernel(vec, pages));
  return FromKernel(InterruptibleSyscall(SYS_mincore, at, length, out));
}

SysResult<int64_t> mlock(Call& call, GuestPtr addr, uint64_t length) {
  return FromStatus(call.process.address_space.Lock(addr, length, 0));
}

SysResult<int64_t> mlock2(Call& call, GuestPtr addr, uint64_t length,
                          uint32_t flags) {
  return FromStatus(call.process.address_space.Lock(addr, length, flags));
}

SysResult<int64_t> munlock(Call& call, GuestPtr addr, uint64_t length) {
  return FromStatus(call.process.address_space.Unlock(addr, length));
}

SysResult<int64_t> mlockall(Call& call, uint32_t flags) {
  return FromStatus(call.process.address_space.LockAll(flags));
}

SysResult<int64_t> munlockall(Call& call) {
  return FromStatus(call.process.address_space.UnlockAll());
}

}  // namespace slipway::sys
