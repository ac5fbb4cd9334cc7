#include "runtime/host/guarded_exchange.h"

#include "runtime/engine/address_registry.h"

namespace slipway::host {

asm(R"(
  .text
  .p2align 4
  .type slipway_guarded_exchange, @function
  .hidden slipway_guarded_exchange
  .globl slipway_guarded_exchange
slipway_guarded_exchange:        # int (void*, uint32_t* expected, uint32_t)
  .cfi_startproc
  movl (%rsi), %eax
  .hidden slipway_guarded_exchange_begin
  .globl slipway_guarded_exchange_begin
slipway_guarded_exchange_begin:
  lock cmpxchgl %edx, (%rdi)
  .hidden slipway_guarded_exchange_end
  .globl slipway_guarded_exchange_end
slipway_guarded_exchange_end:
  movl %eax, (%rsi)
  movl $1, %eax
  ret
  .hidden slipway_guarded_exchange_fault
  .globl slipway_guarded_exchange_fault
slipway_guarded_exchange_fault:
  xorl %eax, %eax
  ret
  .cfi_endproc
)");

extern "C" {
int slipway_guarded_exchange(void* at, uint32_t* expected, uint32_t desired);
extern const char slipway_guarded_exchange_begin[];
extern const char slipway_guarded_exchange_end[];
extern const char slipway_guarded_exchange_fault[];
}

bool InstallGuardedExchange() {
  static const bool installed = engine::RegisterFixup(
      slipway_guarded_exchange_begin, slipway_guarded_exchange_end,
      slipway_guarded_exchange_fault);
  return installed;
}

std::optional<uint32_t> GuardedCompareExchange(void* at, uint32_t expected,
                                               uint32_t desired) {
  if (slipway_guarded_exchange(at, &expected, desired) == 0) {
    return std::nullopt;
  }
  return expected;
}

}  // namespace slipway::host
