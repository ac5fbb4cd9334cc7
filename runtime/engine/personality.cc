// The personality routines of generated code and of slipway_enter_guest.
// Source: Itanium C++ ABI, "Exception Handling", 2.5.2.

#include <unwind.h>

#include <cstdint>

#include "runtime/engine/exception.h"
#include "runtime/engine/guest_entry.h"
#include "runtime/engine/landing_pads.h"

namespace slipway::engine {
namespace {

uintptr_t LandingPadOf(_Unwind_Context* context) {
  const auto* lsda = reinterpret_cast<const uint8_t*>(
      _Unwind_GetLanguageSpecificData(context));
  if (lsda == nullptr) return 0;
  int before_instruction = 0;
  uintptr_t ip = _Unwind_GetIPInfo(context, &before_instruction);
  if (!before_instruction) --ip;  // into the call
  return FindLandingPad(lsda, _Unwind_GetRegionStart(context), ip,
                        before_instruction != 0);
}

// Registers in which a landing pad finds the exception and the selector
// (System V x86-64 ABI, 6.2.3: __builtin_eh_return_data_regno).
constexpr int kExceptionRegister = 0;  // RAX
constexpr int kSelectorRegister = 1;   // RDX

_Unwind_Reason_Code Install(_Unwind_Context* context, void* exception,
                            uintptr_t landing) {
  _Unwind_SetGR(context, kExceptionRegister,
                reinterpret_cast<uintptr_t>(exception));
  _Unwind_SetGR(context, kSelectorRegister, 1);
  _Unwind_SetIP(context, landing);
  return _URC_INSTALL_CONTEXT;
}

// Phase 1 asks whether this frame handles the exception, phase 2 sends it to
// `landing`. What is not ours (a forced unwind, a C++ exception) passes by.
int Decide(int actions, void* exception, _Unwind_Context* context,
           uintptr_t landing) {
  if (landing == 0 || (actions & _UA_FORCE_UNWIND) != 0 ||
      ExceptionFromUnwind(exception) == nullptr) {
    return _URC_CONTINUE_UNWIND;
  }
  if ((actions & _UA_SEARCH_PHASE) != 0) return _URC_HANDLER_FOUND;
  return Install(context, exception, landing);
}

}  // namespace

int GuestPersonality(int version, int actions, uint64_t exception_class,
                     void* unwind_exception, void* unwind_context) {
  auto* context = static_cast<_Unwind_Context*>(unwind_context);
  return Decide(actions, unwind_exception, context, LandingPadOf(context));
}

// Named by guest_entry.S.
extern "C" __attribute__((visibility("hidden"))) int
slipway_enter_guest_personality(int version, int actions,
                                uint64_t exception_class,
                                void* unwind_exception, void* unwind_context) {
  return Decide(actions, unwind_exception,
                static_cast<_Unwind_Context*>(unwind_context),
                reinterpret_cast<uintptr_t>(slipway_uncaught_landing));
}

}  // namespace slipway::engine
