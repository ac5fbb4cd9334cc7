// Any bytes decode, validate and strip without a crash, and what is valid
// stays valid without its code.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/limits_rewriter.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

void FuzzOne(Bytes bytes) {
  const absl::StatusOr<Module> module = DecodeModule(bytes);
  if (!module.ok()) return;
  const bool valid = ValidateAll(*module).ok();
  const std::string stripped = StripCode(bytes);
  const absl::StatusOr<Module> shell =
      DecodeModule(AsBytes(stripped), {.code_omitted = true});
  Check(shell.ok());
  if (!valid) return;
  Check(ValidateModule(*shell).ok());
  for (uint32_t i = 0; i < module->memories.size(); ++i) {
    const absl::StatusOr<std::string> rewritten =
        SetMemoryMaximum(bytes, i, uint64_t{1} << 16);
    if (!rewritten.ok()) continue;
    Check(DecodeModule(AsBytes(*rewritten)).ok());
  }
}

}  // namespace
}  // namespace slipway::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  slipway::wasm::FuzzOne({data, size});
  return 0;
}
