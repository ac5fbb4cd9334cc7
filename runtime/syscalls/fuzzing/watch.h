// Runs one guest in a process of its own and decides what its end means.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_WATCH_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_WATCH_H_

#include <string>

#include "runtime/syscalls/fuzzing/guest.h"
#include "runtime/syscalls/fuzzing/script.h"

namespace slipway::sys::fuzzing {

// What was found, "" when there is nothing: reports of the guest's process and
// of sanitizers, faults of the host, threads that hang. Calls of the guest that
// wait are interrupted, in its children too; who still waits in one after a
// while has nothing wrong and is killed, as are processes that it leaves
// behind.
std::string WatchGuest(const World& world, const Script& script);

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_WATCH_H_
