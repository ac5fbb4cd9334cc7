// Modules whose framing is right, and that are wrong or unusual inside: the
// validator accepts or refuses them without a crash, a body's reader and its
// whole module agree, and errors point into the file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/testing/libfuzzer_mutator.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

// "offset 0x1a3: …", or a message about the module as a whole.
void CheckError(const absl::Status& status, Bytes bytes) {
  Check(status.code() == absl::StatusCode::kInvalidArgument);
  constexpr std::string_view kOffset = "offset 0x";
  const std::string message(status.message());
  if (!message.starts_with(kOffset)) return;
  Check(std::strtoull(message.c_str() + kOffset.size(), nullptr, 16) <=
        bytes.size());
}

// Reads a body as the compiler does, and looks at all that it may look at.
bool ReadFunction(const Module& module, uint32_t function) {
  FunctionReader reader(module, function);
  Instruction instruction;
  size_t last = 0;
  while (reader.Next(instruction)) {
    Check(instruction.offset >= last);
    last = instruction.offset;
    for (uint32_t label = 0; label < reader.depth(); ++label) {
      Check(reader.frame(label).height <= reader.height());
    }
    for (uint32_t i = 0; i < reader.height(); ++i) reader.OperandType(i);
  }
  if (!reader.status().ok()) CheckError(reader.status(), module.bytes);
  Check(!reader.status().ok() || reader.depth() == 0);
  return reader.status().ok();
}

void FuzzOne(Bytes bytes) {
  const absl::StatusOr<Module> module = DecodeModule(bytes);
  if (!module.ok()) return CheckError(module.status(), bytes);
  const absl::Status shell = ValidateModule(*module);
  if (!shell.ok()) return CheckError(shell, bytes);
  bool valid = true;
  for (uint32_t i = 0; i < module->bodies.size(); ++i) {
    const uint32_t function = module->imported_functions + i;
    const bool read = ReadFunction(*module, function);
    Check(read == ValidateFunction(*module, function).ok());
    valid &= read;
  }
  Check(valid == ValidateAll(*module).ok());
}

}  // namespace
}  // namespace slipway::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  slipway::wasm::FuzzOne({data, size});
  return 0;
}
