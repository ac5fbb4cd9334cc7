#include "runtime/engine/trap.h"

#include <signal.h>

#include "absl/strings/str_cat.h"
#include "runtime/engine/guest_entry.h"

namespace slipway::engine {

using object::TrapCode;

std::string_view TrapMessage(TrapCode code) {
  switch (code) {
    case TrapCode::kUnreachable:
      return "unreachable";
    case TrapCode::kMemoryOutOfBounds:
      return "out of bounds memory access";
    case TrapCode::kTableOutOfBounds:
      return "out of bounds table access";
    case TrapCode::kIndirectCallTypeMismatch:
      return "indirect call type mismatch";
    case TrapCode::kUninitializedElement:
      return "uninitialized element";
    case TrapCode::kNullReference:
      return "null reference";
    case TrapCode::kIntegerDivideByZero:
      return "integer divide by zero";
    case TrapCode::kIntegerOverflow:
      return "integer overflow";
    case TrapCode::kInvalidConversion:
      return "invalid conversion to integer";
    case TrapCode::kStackExhausted:
      return "call stack exhausted";
    case TrapCode::kUnalignedAtomic:
      return "unaligned atomic";
    case TrapCode::kUnsharedWait:
      return "expected shared memory";
    case TrapCode::kUncaughtException:
      return "uncaught exception";
  }
  return "unknown trap";
}

int TrapSignal(TrapCode code) {
  switch (code) {
    case TrapCode::kMemoryOutOfBounds:
    case TrapCode::kTableOutOfBounds:
    case TrapCode::kUninitializedElement:
    case TrapCode::kNullReference:
    case TrapCode::kStackExhausted:
      return SIGSEGV;
    case TrapCode::kUnalignedAtomic:
      return SIGBUS;
    case TrapCode::kIntegerDivideByZero:
    case TrapCode::kIntegerOverflow:
    case TrapCode::kInvalidConversion:
      return SIGFPE;
    case TrapCode::kUncaughtException:
      return SIGABRT;
    case TrapCode::kUnreachable:
    case TrapCode::kIndirectCallTypeMismatch:
    case TrapCode::kUnsharedWait:
      return SIGILL;
  }
  return SIGILL;
}

std::string Trap::ToString() const {
  const std::string_view message = TrapMessage(code);
  std::string text(message);
  if (memory != nullptr) {
    absl::StrAppend(&text, " at guest address 0x", absl::Hex(guest_address));
  }
  absl::StrAppend(&text, "\n", engine::ToString(backtrace));
  return text;
}

void RaiseTrap(TrapCode code) {
  slipway_raise_trap(static_cast<uint64_t>(code), nullptr, 0);
}

void RaiseMemoryTrap(const Memory* memory, uint64_t guest_address) {
  slipway_raise_trap(static_cast<uint64_t>(TrapCode::kMemoryOutOfBounds),
                     memory, guest_address);
}

}  // namespace slipway::engine
