// The guest's mappings: mmap(2) and its family on real pages inside the linear
// memory's reservation.
//
// Invariants: no mapping ever leaves the reservation or covers page 0; address
// space without a mapping is PROT_NONE, MAP_NORESERVE; PROT_EXEC never reaches
// the kernel (alone it means readable, as on x86-64). New mappings are placed
// top-down from a random ceiling, so that addresses differ at every start.
//
// The reservation is whole at every moment: a hole would be the next place that
// the kernel gives to a mapping of the runtime's, within the guest's reach. So
// nothing in it is ever unmapped, only replaced, by three kinds of call:
// * mprotect, for private anonymous memory, which is what the reservation
//   already is: it has no way to leave a hole;
// * mmap of the reservation over what is released;
// * mremap onto pages, of what was mapped elsewhere (StagedMapping): what may
//   be refused, for any reason of the kernel's, has been by then.
// What is left to fail in the last two is the number of mappings (MapBudget) or
// the kernel's own memory.
//
// Thread-safe: one lock around every change, held across the kernel's call so
// that the table and the kernel agree. Never called from a signal handler.

#ifndef SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
#define SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_

#include <sys/resource.h>

#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/host/guest_memory.h"
#include "runtime/host/map_budget.h"
#include "runtime/host/mapping_table.h"
#include "runtime/host/staged_mapping.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

class AddressSpace {
 public:
  static constexpr uint64_t kPage = 4096;

  // `ceiling`: mappings without an address go below it; 0 chooses at random in
  // the top quarter of the reservation. `max_mappings`: see MapBudget.
  explicit AddressSpace(GuestMemory memory, uint64_t ceiling = 0,
                        int64_t max_mappings = 0);

  struct MapRequest {
    GuestPtr address{};   // hint, or the place with MAP_FIXED
    uint64_t length = 0;  // bytes
    uint32_t protection = 0;
    uint32_t flags = 0;  // MAP_*
    int host_fd = -1;    // already checked against the descriptor table
    int64_t offset = 0;
    // Bytes at the start that stay inaccessible; private anonymous memory only.
    uint64_t guard = 0;
  };
  // mmap(2): EINVAL, ENOMEM, EEXIST, EACCES, EAGAIN, ENODEV … MAP_32BIT,
  // MAP_GROWSDOWN and MAP_HUGETLB are ignored.
  SysResult<GuestPtr> Map(const MapRequest& request);
  // munmap(2): EINVAL, ENOMEM.
  SysStatus Unmap(GuestPtr address, uint64_t length);
  // mprotect(2): ENOMEM when there is a hole (what is before it is changed),
  // EINVAL, EACCES.
  SysStatus Protect(GuestPtr address, uint64_t length, uint32_t protection);
  // mremap(2): EFAULT, EINVAL, ENOMEM, EAGAIN. Private mappings of files grow
  // by moving only (address_space_remap.cc).
  SysResult<GuestPtr> Remap(GuestPtr old_address, uint64_t old_length,
                            uint64_t new_length, uint32_t flags,
                            GuestPtr new_address);
  // madvise(2): ENOMEM when there is a hole (the rest is advised), EINVAL for
  // advice that is unknown or for the machine's administrator.
  SysStatus Advise(GuestPtr address, uint64_t length, int advice);
  // brk(2): the new break, or the old one when it cannot move.
  GuestPtr Break(GuestPtr wanted);

  // mlock2(2), munlock(2), mlockall(2), munlockall(2): EPERM, ENOMEM, EINVAL,
  // EINTR (address_space_locks.cc).
  SysStatus Lock(GuestPtr address, uint64_t length, uint32_t flags);
  SysStatus Unlock(GuestPtr address, uint64_t length);
  SysStatus LockAll(uint32_t flags);
  SysStatus UnlockAll();

  // shmat(2) and shmdt(2) of a System V segment; segments of huge pages are
  // EINVAL (address_space_segments.cc).
  SysResult<GuestPtr> Attach(int segment, GuestPtr address, uint32_t flags);
  SysStatus Detach(GuestPtr address);

  // Maps a program's main stack as the highest mapping so far, readable and
  // writable, and keeps `guard` bytes below it free of mappings that ask for no
  // address. Returns its lowest address. ENOMEM.
  SysResult<GuestPtr> MapStack(uint64_t length, uint64_t guard);
  // Where brk's heap starts: after the program's data. Called once.
  void SetBreakStart(GuestPtr start);

  // RLIMIT_AS or RLIMIT_DATA, which bound the guest's mappings and not the
  // process's. At first they are what the process was started with.
  rlimit Limit(int resource) const;
  void SetLimit(int resource, const rlimit& limit);

  // Whether [address, address + length) is mapped without a hole. False when it
  // leaves the reservation; true when empty.
  bool IsMapped(GuestPtr address, uint64_t length) const;
  // All mappings, ascending.
  std::vector<Mapping> Mapped() const;

  // Before a second thread runs.
  void SetShared();
  // The runtime itself is about to map something, outside of the reservation,
  // because the guest asked for a thread or a library.
  void NoteHostMappings(int64_t mappings);

  // fork(2) and whatever else must not run beside a change. Lock order: this
  // lock is taken last.
  std::mutex& mutex() const { return mutex_; }
  // In the child, before anything else can map: takes the place of what
  // MADV_DONTFORK kept from it. Precondition: mutex() is held.
  void AfterForkInChild();

 private:
  // With the lock held, all of them.
  SysResult<uint64_t> Place(const MapRequest& request, uint64_t length) const;
  SysStatus MapAt(uint64_t at, uint64_t length, const MapRequest& request);
  SysStatus MapReserved(uint64_t at, uint64_t length,
                        const MapRequest& request);
  SysStatus MapStaged(uint64_t at, uint64_t length, const MapRequest& request);
  SysStatus Put(StagedMapping& staged, uint64_t at, MappingKind kind);
  SysStatus CheckLimits(uint64_t more, bool data, uint64_t replaced_at,
                        uint64_t replaced_length) const;
  SysStatus AfterMap(uint64_t at, uint64_t length, const MapRequest& request);
  void Release(uint64_t at, uint64_t length);
  void Reserve(uint64_t at, uint64_t length);
  SysStatus ProtectUpTo(uint64_t at, uint64_t end, uint8_t protection);
  void AdviseMapping(const Mapping& mapping, int advice);

  struct Growth;
  SysStatus GrowInPlace(const Growth& growth);
  SysStatus MoveTo(uint64_t to, const Growth& growth, bool keeps);
  SysStatus MovePages(uint64_t from, uint64_t to, uint64_t length);
  void PutBack(StagedMapping& pages, uint64_t from);
  SysStatus Extend(uint64_t end, uint64_t more, const MappingKind& kind);

  SysStatus LockMapped(uint64_t at, uint64_t length, uint32_t flags);
  bool Fits(uint64_t at, uint64_t length) const;
  // The kernel has no memory left in the middle of a change: part of the
  // reservation may be anybody's, so it is better to stop than to go on.
  [[noreturn]] static void DieOfLostMemory();

  const GuestMemory memory_;
  uint64_t ceiling_;
  mutable std::mutex mutex_;
  MappingTable table_;
  bool shared_ = false;  // by several threads
  MapBudget budget_;
  uint32_t last_origin_ = 0;
  uint64_t break_start_ = 0;
  uint64_t break_ = 0;
  rlimit address_limit_;
  rlimit data_limit_;
  uint32_t lock_future_ = 0;  // MCL_FUTURE, perhaps with MCL_ONFAULT
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
