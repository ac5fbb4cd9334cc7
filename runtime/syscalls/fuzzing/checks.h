// What must hold when a fuzzed guest is about to end, whatever it did.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_CHECKS_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_CHECKS_H_

#include <cstdint>
#include <set>
#include <string>

#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"

namespace slipway::sys::fuzzing {

struct Shared;

// Which descriptors are open, compared with what the table knows. Only for a
// process with one thread.
class DescriptorCheck {
 public:
  explicit DescriptorCheck(const host::DescriptorTable& files);
  // Reports a number that is open and nobody's, one of the guest's that is not
  // open, and one of the runtime's that another program would inherit.
  void Run(Shared& shared) const;

 private:
  const host::DescriptorTable& files_;
  const std::set<int> high_;  // the runtime's at the start
};

// Reports addresses of the host in the slots, and a page of the reservation
// that is not the guest's and can be accessed.
void CheckMemory(const host::GuestMemory& memory,
                 const host::AddressSpace& space, Shared& shared);

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_CHECKS_H_
