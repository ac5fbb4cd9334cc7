// The personality routines of generated code and of slipway_enter_guest.
// Sources: Itanium C++ ABI, "Exception Handling", 2.5.2; the language-specific
// data area's layout is GCC's (libstdc++ eh_personality.cc describes it; LLVM
// AsmPrinter/EHStreamer.cpp emits it).

#include <unwind.h>

#include <cstdint>
#include <cstring>

#include "runtime/engine/exception.h"
#include "runtime/engine/guest_entry.h"

namespace slipway::engine {
namespace {

// DWARF pointer encodings (LSB core, 10.5.1) that LLVM uses in an LSDA, beside
// absolute 64-bit numbers.
constexpr uint8_t kUleb128 = 0x01;
constexpr uint8_t kUdata4 = 0x03;
constexpr uint8_t kOmit = 0xff;

// The data is the compiler's, inside a file whose digest was checked, so the
// reader trusts its lengths.
class LsdaReader {
 public:
  explicit LsdaReader(const uint8_t* at) : at_(at) {}
  const uint8_t* position() const { return at_; }

  uint8_t Byte() { return *at_++; }
  uint64_t Uleb128() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  }
  // A call-site table field.
  uint64_t Encoded(uint8_t encoding) {
    if (encoding == kUleb128) return Uleb128();
    if (encoding == kUdata4) return Fixed<uint32_t>();
    return Fixed<uint64_t>();
  }

 private:
  template <typename T>
  T Fixed() {
    T value;
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  const uint8_t* at_;
};

// The landing pad for an exception that arrives at `ip`, or 0. The table
// knows calls only. A guest's signal handler may also leave by longjmp when
// `faulted` was the access at `ip`, which lies between the calls; then the
// nearest pad is the function's setjmp, or one that passes on what is not its.
uintptr_t FindLandingPad(const uint8_t* lsda, uintptr_t function, uintptr_t ip,
                         bool faulted) {
  LsdaReader reader(lsda);
  uintptr_t pad_base = function;
  if (const uint8_t encoding = reader.Byte(); encoding != kOmit) {
    pad_base = reader.Encoded(encoding);
  }
  if (reader.Byte() != kOmit) reader.Uleb128();  // type table
  const uint8_t encoding = reader.Byte();
  const uint64_t length = reader.Uleb128();
  const uint8_t* end = reader.position() + length;
  const uint64_t offset = ip - function;
  uintptr_t nearest = 0;
  while (reader.position() < end) {  // sorted
    const uint64_t start = reader.Encoded(encoding);
    const uint64_t size = reader.Encoded(encoding);
    const uint64_t pad = reader.Encoded(encoding);
    reader.Uleb128();  // action: every pad is a catch-all
    if (offset >= start && offset < start + size && (pad != 0 || !faulted)) {
      return pad == 0 ? 0 : pad_base + pad;
    }
    if (pad != 0) nearest = pad_base + pad;
    if (offset < start && (nearest != 0 || !faulted)) break;
  }
  return faulted ? nearest : 0;
}

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
