// The guest of the dispatcher's fuzzer: a process with threads, as a program
// has them, whose code is not generated but makes the calls of a Script.
// RunGuest is called in a process of its own, which it ends.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_GUEST_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_GUEST_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "runtime/syscalls/fuzzing/script.h"

namespace slipway::sys::fuzzing {

// What the guest's process and the one that fuzzes share.
struct Shared {
  // Whether the guest may have sent a signal that ends it.
  std::atomic<bool> signals_sent;
  // Findings, as text.
  std::atomic<uint32_t> report_size;
  char report[16384];
};

// What the guest's process is given; all of it lives in the fuzzing process.
struct World {
  Shared* shared;
  int slots_fd;  // kSlotBytes of memory, for kSlots
  uint8_t* slots;
  std::string root;  // host directory with data, ro, outside
};

// Records a finding; `what` is a line.
void Report(Shared& shared, const char* what);

[[noreturn]] void RunGuest(const World& world, const Script& script);

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_GUEST_H_
