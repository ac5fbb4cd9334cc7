#include "runtime/wasm/limits_rewriter.h"

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/section_rewriter.h"
#include "runtime/wasm/type_decoder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

// Limits with a maximum. `flags`: of the limits they replace.
std::string EncodeLimits(uint8_t flags, uint64_t min, uint64_t max) {
  constexpr uint8_t kHasMaximum = 1;
  std::string bytes(1, static_cast<char>(flags | kHasMaximum));
  AppendUnsigned(bytes, min);
  AppendUnsigned(bytes, max);
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> SetMemoryMaximum(Bytes bytes, uint32_t memory_index,
                                             uint64_t max_pages) {
  absl::StatusOr<Module> module = DecodeModule(bytes);
  if (!module.ok()) return module.status();
  if (memory_index >= module->memories.size()) {
    return InvalidError("unknown memory " + std::to_string(memory_index));
  }
  MemoryType& memory = module->memories[memory_index];
  memory.limits.max = max_pages;
  absl::Status status = ValidateMemory(memory, memory_index);
  if (!status.ok()) return status;

  const size_t begin = memory.offset;
  ByteReader old(bytes.subspan(begin), begin);
  MemoryType replaced;
  if (!ReadMemoryType(old, replaced)) return old.status();
  return ReplaceInSection(
      bytes, begin, old.offset(),
      EncodeLimits(bytes[begin], memory.limits.min, max_pages));
}

}  // namespace slipway::wasm
