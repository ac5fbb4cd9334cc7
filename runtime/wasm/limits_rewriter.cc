#include "runtime/wasm/limits_rewriter.h"

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/type_decoder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr size_t kHeaderSize = 8;

std::string_view Slice(Bytes bytes, size_t begin, size_t end) {
  return {reinterpret_cast<const char*>(bytes.data()) + begin, end - begin};
}

// A section of the file, header included.
struct Section {
  uint8_t id = 0;
  size_t begin = 0;
  size_t contents = 0;
  size_t end = 0;
};

// The section that holds the byte at `offset`. Precondition: the module
// decodes, and the offset is past its header.
Section FindSection(Bytes bytes, size_t offset) {
  ByteReader reader(bytes.subspan(kHeaderSize), kHeaderSize);
  Section section;
  while (section.end <= offset) {
    uint32_t size = 0;
    Bytes contents;
    section.begin = reader.offset();
    if (!reader.ReadByte(section.id) || !reader.ReadU32(size)) break;
    section.contents = reader.offset();
    if (!reader.ReadBytes(size, contents)) break;
    section.end = reader.offset();
  }
  return section;
}

// Limits with a maximum. `flags`: of the limits they replace.
std::string EncodeLimits(uint8_t flags, uint64_t min, uint64_t max) {
  constexpr uint8_t kHasMaximum = 1;
  std::string bytes(1, static_cast<char>(flags | kHasMaximum));
  AppendUnsigned(bytes, min);
  AppendUnsigned(bytes, max);
  return bytes;
}

// The file with the bytes in [begin, end), which lie in one section, replaced.
std::string ReplaceInSection(Bytes bytes, size_t begin, size_t end,
                             std::string_view replacement) {
  const Section section = FindSection(bytes, begin);
  std::string contents(Slice(bytes, section.contents, begin));
  contents += replacement;
  contents += Slice(bytes, end, section.end);
  std::string result(Slice(bytes, 0, section.begin));
  result += static_cast<char>(section.id);
  AppendSized(result, contents);
  result += Slice(bytes, section.end, bytes.size());
  return result;
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
