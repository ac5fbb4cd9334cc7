#include "runtime/engine/unwinder.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/engine/address_registry.h"
#include "runtime/engine/guest_entry.h"

namespace slipway::engine {
namespace {

uintptr_t Address(const char* label) {
  return reinterpret_cast<uintptr_t>(label);
}

FrameRow MakeRow(uintptr_t program_counter) {
  if (program_counter == Address(slipway_guest_returns)) {
    return {.program_counter = program_counter,
            .landing = static_cast<int32_t>(Address(slipway_uncaught_landing) -
                                            (program_counter - 1)),
            .known = true};
  }
  if (IsGuestCode(program_counter - 1)) {
    if (const auto row = ReadFrameRow(program_counter)) return *row;
  }
  return {.program_counter = program_counter};
}

// Rows of the calls that a thread has unwound. Code is never unloaded, so a row
// is never wrong. Takes no memory until it is used.
class FrameCache {
 public:
  // The row of the call that returns to `program_counter`. Valid until the
  // next Find.
  const FrameRow& Find(uintptr_t program_counter) {
    if (rows_ == nullptr) rows_ = std::make_unique<Rows>();
    constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
    FrameRow& row = (*rows_)[program_counter * kGoldenRatio >> (64 - kBits)];
    if (row.program_counter != program_counter) row = MakeRow(program_counter);
    return row;
  }

 private:
  static constexpr int kBits = 10;
  using Rows = std::array<FrameRow, size_t{1} << kBits>;
  std::unique_ptr<Rows> rows_;
};

constinit thread_local FrameCache frame_cache;

}  // namespace

bool UnwindToHandler(FrameRegisters& frame) {
  FrameCache& cache = frame_cache;
  FrameRegisters at = frame;
  while (true) {
    const FrameRow& row = cache.Find(at.program_counter);
    if (!row.known) return false;
    if (row.landing != 0) {
      frame = at;
      frame.program_counter = row.LandingPad();
      return true;
    }
    row.Pop(at);
  }
}

}  // namespace slipway::engine
