// Where a guest's thread is, for its own reports (execinfo.h).

#include "runtime/engine/backtrace.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/engine/address_registry.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

// Callable in a signal handler of the guest: neither allocates nor locks.
SysResult<int64_t> backtrace(Call& call, GuestPtr positions, uint64_t count) {
  engine::Backtrace frames;
  engine::CaptureBacktrace(frames);
  uint64_t numbers[engine::Backtrace::kMaxFrames];
  const size_t wanted = std::min<uint64_t>(count, frames.count);
  for (size_t i = 0; i < wanted; ++i) {
    numbers[i] = engine::TextPosition(frames.pc[i]);
  }
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(positions, numbers,
                                               wanted * sizeof(numbers[0])));
  return static_cast<int64_t>(wanted);
}

SysResult<int64_t> backtrace_symbol(Call& call, uint64_t position,
                                    GuestPtr text, uint64_t text_size) {
  const uintptr_t pc = engine::TextAt(position);
  if (pc == 0) return Errno{ENOENT};
  const engine::Frame frame = engine::Symbolize(pc);
  if (frame.name.empty()) return Errno{ENOENT};
  const std::string whole =
      absl::StrCat(frame.name, "+0x", absl::Hex(frame.offset));
  if (text_size == 0) return static_cast<int64_t>(whole.size());
  const std::string cut = whole.substr(0, text_size - 1);
  SLIPWAY_CHECK_OK(
      call.process.memory.CopyOut(text, cut.c_str(), cut.size() + 1));
  return static_cast<int64_t>(whole.size());
}

}  // namespace slipway::sys
