#include "runtime/wasm/testing/module_parts.h"

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"

namespace slipway::wasm {
namespace {

constexpr std::string_view kHeader("\0asm\1\0\0\0", 8);

bool ReadSized(ByteReader& reader, std::string& contents) {
  uint32_t size;
  Bytes bytes;
  if (!reader.ReadU32(size) || !reader.ReadBytes(size, bytes)) return false;
  contents.assign(bytes.begin(), bytes.end());
  return true;
}

}  // namespace

std::optional<std::vector<SectionParts>> SplitModule(std::string_view module) {
  if (!module.starts_with(kHeader)) return std::nullopt;
  ByteReader reader(AsBytes(module.substr(kHeader.size())));
  std::vector<SectionParts> sections;
  while (!reader.AtEnd()) {
    SectionParts section;
    if (!reader.ReadByte(section.id) || !ReadSized(reader, section.contents)) {
      return std::nullopt;
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

std::string JoinModule(const std::vector<SectionParts>& sections) {
  std::string module(kHeader);
  for (const SectionParts& section : sections) {
    module += static_cast<char>(section.id);
    AppendSized(module, section.contents);
  }
  return module;
}

std::optional<std::vector<std::string>> SplitBodies(std::string_view contents) {
  ByteReader reader(AsBytes(contents));
  uint32_t count;
  if (!reader.ReadCount(count, "bodies")) return std::nullopt;
  std::vector<std::string> bodies(count);
  for (std::string& body : bodies) {
    if (!ReadSized(reader, body)) return std::nullopt;
  }
  if (!reader.AtEnd()) return std::nullopt;
  return bodies;
}

std::string JoinBodies(const std::vector<std::string>& bodies) {
  std::string contents;
  AppendUnsigned(contents, bodies.size());
  for (const std::string& body : bodies) AppendSized(contents, body);
  return contents;
}

}  // namespace slipway::wasm
