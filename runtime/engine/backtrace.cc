#include "runtime/engine/backtrace.h"

#include <setjmp.h>
#include <unwind.h>

#include "absl/strings/str_cat.h"
#include "runtime/engine/address_registry.h"
#include "runtime/engine/backtrace_guard.h"
#include "runtime/engine/code_object.h"

namespace slipway::engine {
namespace {

// A guest that recurses for ever has millions of frames; give up walking well
// before that takes noticeable time.
constexpr int kMaxWalked = 4096;

struct Walk {
  Backtrace* out;
  int walked;
};

uintptr_t PcOf(_Unwind_Context* context) {
  int before_instruction = 0;
  const uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  // From the return address into the call.
  return before_instruction != 0 ? pc : pc - 1;
}

_Unwind_Reason_Code Visit(_Unwind_Context* context, void* argument) {
  auto& walk = *static_cast<Walk*>(argument);
  const uintptr_t pc = PcOf(context);
  Backtrace& out = *walk.out;
  if (IsGuestCode(pc)) {
    if (out.count == Backtrace::kMaxFrames) {
      out.truncated = true;
      return _URC_END_OF_STACK;
    }
    // The interrupted instruction is there already.
    if (out.count != 1 || out.pc[0] != pc) out.pc[out.count++] = pc;
  }
  return ++walk.walked < kMaxWalked ? _URC_NO_REASON : _URC_END_OF_STACK;
}

_Unwind_Reason_Code FindGuestPc(_Unwind_Context* context, void* argument) {
  const uintptr_t pc = PcOf(context);
  if (!IsGuestCode(pc)) return _URC_NO_REASON;
  *static_cast<uintptr_t*>(argument) = pc;
  return _URC_END_OF_STACK;
}

// Not null while this thread unwinds: where a fault in the unwinder goes.
constinit thread_local sigjmp_buf* volatile recovery = nullptr;

}  // namespace

void RecoverBacktrace() {
  if (recovery != nullptr) siglongjmp(*recovery, 1);
}

void CaptureBacktrace(Backtrace& out, uintptr_t first_pc) {
  out.count = 0;
  out.truncated = false;
  if (first_pc != 0 && IsGuestCode(first_pc)) out.pc[out.count++] = first_pc;
  Walk walk = {&out, 0};
  sigjmp_buf buffer;
  if (sigsetjmp(buffer, /*savemask=*/1) == 0) {
    recovery = &buffer;
    _Unwind_Backtrace(Visit, &walk);
  }
  recovery = nullptr;
}

uintptr_t InnermostGuestPc() {
  uintptr_t pc = 0;
  _Unwind_Backtrace(FindGuestPc, &pc);
  return pc;
}

Frame Symbolize(uintptr_t pc) {
  Frame frame;
  frame.pc = pc;
  const CodeObject* object = FindText(pc);
  if (object == nullptr) return frame;
  const auto function = object->FunctionAt(pc);
  if (!function) return frame;  // a thunk
  frame.function = *function;
  frame.offset = pc - object->FunctionBegin(*function);
  frame.name = object->module().FunctionName(*function);
  return frame;
}

std::string ToString(const Backtrace& backtrace) {
  std::string text;
  int number = 0;
  for (int i = 0; i < backtrace.count; ++i) {
    const Frame frame = Symbolize(backtrace.pc[i]);
    if (frame.name.empty()) continue;
    absl::StrAppend(&text, "  #", number++, " 0x", absl::Hex(frame.pc), " in ",
                    frame.name, " (func ", frame.function, ")\n");
  }
  if (backtrace.truncated) absl::StrAppend(&text, "  … more frames\n");
  return text;
}

}  // namespace slipway::engine
