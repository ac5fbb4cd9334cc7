#include "runtime/wasm/section_rewriter.h"

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"

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

}  // namespace

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

std::string ReplaceBodies(const Module& module,
                          const std::map<uint32_t, std::string>& bodies) {
  if (bodies.empty())
    return std::string(Slice(module.bytes, 0, module.bytes.size()));
  const Section code = FindSection(module.bytes, module.bodies[0].offset);
  std::string entries;
  AppendUnsigned(entries, module.bodies.size());
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    const auto replaced = bodies.find(module.imported_functions + i);
    const FunctionBody& body = module.bodies[i];
    AppendSized(entries, replaced != bodies.end()
                             ? std::string_view(replaced->second)
                             : Slice(module.bytes, body.offset,
                                     body.offset + body.bytes.size()));
  }
  return ReplaceInSection(module.bytes, code.contents, code.end, entries);
}

}  // namespace slipway::wasm
