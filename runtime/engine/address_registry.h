// Which address is whose, answered inside a signal handler: live memory
// reservations, ranges of generated code, and host code that may fault and has
// somewhere to go when it does.
//
// Readers take no lock and may run in a signal handler; entries live in fixed
// arrays whose slots are published with a release store. Writers serialise on
// a lock inside; adding fails when an array is full.

#ifndef SLIPWAY_RUNTIME_ENGINE_ADDRESS_REGISTRY_H_
#define SLIPWAY_RUNTIME_ENGINE_ADDRESS_REGISTRY_H_

#include <cstdint>
#include <optional>

namespace slipway::engine {

class CodeObject;
class Memory;

// --- Linear memories ---
// The range covers the guards as well.
bool RegisterReservation(const uint8_t* begin, uint64_t size, Memory* memory);
void UnregisterReservation(const uint8_t* begin);

struct ReservationHit {
  Memory* memory;
  uint64_t offset;  // guest address; below the memory, modulo 2^64
};
// Async-signal-safe.
std::optional<ReservationHit> FindReservation(uintptr_t address);

// --- Generated code ---
// Code is never unloaded, so ranges are only ever added.
bool RegisterText(uintptr_t begin, uintptr_t end, const CodeObject* object);
// The object whose generated code contains `pc`, or null. Async-signal-safe.
const CodeObject* FindText(uintptr_t pc);
// A number for `pc` that a guest may know: which code and how far into it, and
// nothing about where it is. 0 when `pc` is not in generated code; and back, 0
// for a number that stands for none. Async-signal-safe.
uint64_t TextPosition(uintptr_t pc);
uintptr_t TextAt(uint64_t position);
inline bool IsGuestCode(uintptr_t pc) { return FindText(pc) != nullptr; }

// --- Host code that may fault on guest memory ---
// A fault with its PC in [begin, end) resumes at `landing`, all registers
// unchanged. For hand-written copy loops.
bool RegisterFixup(const void* begin, const void* end, const void* landing);
// The landing for `pc`, or 0. Async-signal-safe.
uintptr_t FindFixup(uintptr_t pc);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_ADDRESS_REGISTRY_H_
