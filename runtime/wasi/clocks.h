// WASI's clocks as Linux's.

#ifndef SLIPWAY_RUNTIME_WASI_CLOCKS_H_
#define SLIPWAY_RUNTIME_WASI_CLOCKS_H_

#include <time.h>

#include <cstdint>
#include <optional>

namespace slipway::wasi {

// nullopt for a number that is no clock.
inline std::optional<clockid_t> FindClock(uint32_t id) {
  constexpr clockid_t kClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC,
                                   CLOCK_PROCESS_CPUTIME_ID,
                                   CLOCK_THREAD_CPUTIME_ID};
  if (id >= sizeof(kClocks) / sizeof(kClocks[0])) return std::nullopt;
  return kClocks[id];
}

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_CLOCKS_H_
