// Guest backtraces: the native stack, unwound through .eh_frame and filtered to
// generated code. Capturing is bounded, allocates nothing and may be done in a
// signal handler; symbolising is for ordinary code.

#ifndef SLIPWAY_RUNTIME_ENGINE_BACKTRACE_H_
#define SLIPWAY_RUNTIME_ENGINE_BACKTRACE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::engine {

struct Backtrace {
  static constexpr int kMaxFrames = 48;
  uintptr_t pc[kMaxFrames];  // host addresses, innermost first
  int count = 0;
  bool truncated = false;  // there are more frames
};

// The calling thread's guest frames. With `first_pc` (the PC of an interrupted
// instruction, when called in its signal handler) frames before it are left
// out, and it is kept even when it is not reached by unwinding.
// Async-signal-safe in practice: libgcc's unwinder takes no lock with a glibc
// that has _dl_find_object.
void CaptureBacktrace(Backtrace& out, uintptr_t first_pc = 0);

// Of the calling thread's guest frames the innermost, as CaptureBacktrace has
// it; 0 without one. Does not look beyond that frame, and is as safe in a
// signal handler.
uintptr_t InnermostGuestPc();

struct Frame {
  uintptr_t pc = 0;
  uint32_t function = 0;  // index in its module
  uintptr_t offset = 0;   // of the pc in the function's code
  std::string name;       // function_name, or "func[N]"
};
// Empty name when `pc` is not in generated code.
Frame Symbolize(uintptr_t pc);

// One line per frame: "  #3 0x7f… in luaV_execute (func 812)\n".
std::string ToString(const Backtrace& backtrace);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_BACKTRACE_H_
