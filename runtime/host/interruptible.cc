#include "runtime/host/interruptible.h"

#include <cstddef>

namespace slipway::host {

constinit thread_local std::atomic<uint32_t> signal_pending = 0;

namespace {

// The instructions of InterruptibleSyscallOfWords. Nothing else has them.
constexpr uint8_t kWindow[] = {
    0x41, 0x83, 0x3b, 0x00,                    // cmpl $0, (%r11)
    0x75, 0x04,                                // jne exit
    0x0f, 0x05,                                // syscall
    0xeb, 0x0e,                                // jmp behind it all
    0x41, 0xc7, 0x03, 0x02, 0x00, 0x00, 0x00,  // exit: movl $2, (%r11)
    0x48, 0xc7, 0xc0, 0xfc, 0xff, 0xff, 0xff,  // movq $-4, %rax
};
constexpr size_t kInstructions[] = {0, 4, 6};  // in the window
constexpr size_t kExit = 17;                   // the last one

// Byte by byte up to the first difference: what follows an instruction that is
// not the window's need not be mapped.
bool IsRestOfWindow(const uint8_t* code, size_t from) {
  for (size_t i = from; i < sizeof(kWindow); ++i) {
    if (*code++ != kWindow[i]) return false;
  }
  return true;
}

}  // namespace

uint64_t InterruptedExit(uint64_t pc) {
  for (const size_t start : kInstructions) {
    if (IsRestOfWindow(reinterpret_cast<const uint8_t*>(pc), start)) {
      return pc - start + kExit;
    }
  }
  return 0;
}

}  // namespace slipway::host
