#include "runtime/wasm/decoder.h"

#include <iterator>
#include <string>
#include <string_view>

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/custom_sections.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/limits.h"
#include "runtime/wasm/sections.h"

namespace slipway::wasm {
namespace {

constexpr uint32_t kMagic = 0x6d736100;  // "\0asm"
constexpr uint32_t kVersion = 1;

// Where a section must stand among the others: numerical order, with two
// later inventions put where their readers need them.
int SectionRank(SectionId id) {
  switch (id) {
    case SectionId::kTag:
      return 2 * static_cast<int>(SectionId::kMemory) + 1;
    case SectionId::kDataCount:
      return 2 * static_cast<int>(SectionId::kElement) + 1;
    default:
      return 2 * static_cast<int>(id);
  }
}

// "memory section", for messages.
std::string SectionName(SectionId id) {
  constexpr std::string_view kNames[] = {
      "custom", "type",  "import",  "function", "table", "memory",     "global",
      "export", "start", "element", "code",     "data",  "data count", "tag"};
  static_assert(std::size(kNames) == kMaxSectionId + 1);
  return std::string(kNames[static_cast<int>(id)]) + " section";
}

bool ReadSectionContents(SectionId id, ByteReader& reader, Module& module) {
  switch (id) {
    case SectionId::kCustom:
      return true;
    case SectionId::kType:
      return ReadTypeSection(reader, module);
    case SectionId::kImport:
      return ReadImportSection(reader, module);
    case SectionId::kFunction:
      return ReadFunctionSection(reader, module);
    case SectionId::kTable:
      return ReadTableSection(reader, module);
    case SectionId::kMemory:
      return ReadMemorySection(reader, module);
    case SectionId::kGlobal:
      return ReadGlobalSection(reader, module);
    case SectionId::kExport:
      return ReadExportSection(reader, module);
    case SectionId::kStart:
      return ReadStartSection(reader, module);
    case SectionId::kElement:
      return ReadElementSection(reader, module);
    case SectionId::kCode:
      return ReadCodeSection(reader, module);
    case SectionId::kData:
      return ReadDataSection(reader, module);
    case SectionId::kDataCount:
      return ReadDataCountSection(reader, module);
    case SectionId::kTag:
      return ReadTagSection(reader, module);
  }
  return false;
}

// A section's header, and its contents still undecoded.
struct Section {
  SectionId id = SectionId::kCustom;
  size_t start = 0;   // of the header in the file
  size_t offset = 0;  // of the contents in the file
  Bytes bytes;
};

bool ReadSection(ByteReader& reader, Section& section) {
  section.start = reader.offset();
  uint8_t id;
  uint32_t size;
  if (!reader.ReadByte(id)) return false;
  if (id > kMaxSectionId) {
    return reader.FailAt(
        section.start, "malformed section id " + std::to_string(id) +
                           ": expected 0 to " + std::to_string(kMaxSectionId));
  }
  if (!reader.ReadU32(size)) return false;
  section.id = static_cast<SectionId>(id);
  section.offset = reader.offset();
  if (size > reader.remaining()) {
    return reader.Fail("unexpected end: " + SectionName(section.id) + " of " +
                       std::to_string(size) + " bytes, " +
                       std::to_string(reader.remaining()) +
                       " left in the file");
  }
  return reader.ReadBytes(size, section.bytes);
}

bool ReadHeader(ByteReader& reader) {
  uint32_t magic = 0;
  uint32_t version = 0;
  if (reader.remaining() < sizeof(magic) || !reader.ReadFixed32(magic) ||
      magic != kMagic) {
    return reader.FailAt(0,
                         "expected a WebAssembly module, found no magic "
                         "number \\0asm");
  }
  const size_t offset = reader.offset();
  if (!reader.ReadFixed32(version)) return false;
  return version == kVersion ||
         reader.FailAt(offset, "expected binary version 1, found " +
                                   std::to_string(version));
}

absl::Status DecodeSection(const Section& section, Module& module) {
  ByteReader contents(section.bytes, section.offset);
  if (section.id == SectionId::kCustom) {
    CustomSection custom;
    if (!contents.ReadName(custom.name)) return contents.status();
    custom.offset = contents.offset();
    contents.ReadBytes(contents.remaining(), custom.bytes);
    module.custom.push_back(custom);
    return absl::OkStatus();
  }
  if (ReadSectionContents(section.id, contents, module)) {
    contents.ExpectEnd("the " + SectionName(section.id));
  }
  return contents.status();
}

// What sections must agree on once all are read.
absl::Status CheckCounts(const Module& module) {
  const size_t end = module.bytes.size();
  const size_t defined = module.functions.size() - module.imported_functions;
  if (module.code_omitted) {
    if (!module.bodies.empty()) {
      return MalformedError(
          end, "unexpected code section: expected a module without code");
    }
  } else if (defined != module.bodies.size()) {
    return MalformedError(
        end, "function and code section have inconsistent lengths: " +
                 std::to_string(defined) + " functions, " +
                 std::to_string(module.bodies.size()) + " bodies");
  }
  if (module.data_count && *module.data_count != module.data.size()) {
    return MalformedError(
        end, "data count and data section have inconsistent lengths: " +
                 std::to_string(*module.data_count) + " announced, " +
                 std::to_string(module.data.size()) + " segments");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckModuleSize(uint64_t bytes) {
  if (bytes <= kMaxModuleBytes) return absl::OkStatus();
  return MalformedError(
      0, "module too large: " + std::to_string(bytes) + " bytes, at most " +
             std::to_string(kMaxModuleBytes) +
             " (the size of a section, and so of all data segments, has 32 "
             "bits)");
}

absl::StatusOr<Module> DecodeModule(Bytes bytes, DecodeOptions options) {
  absl::Status size = CheckModuleSize(bytes.size());
  if (!size.ok()) return size;
  Module module;
  module.bytes = bytes;
  module.code_omitted = options.code_omitted;
  ByteReader reader(bytes);
  if (!ReadHeader(reader)) return reader.status();
  SectionId last = SectionId::kCustom;
  while (!reader.AtEnd()) {
    Section section;
    if (!ReadSection(reader, section)) return reader.status();
    if (section.id != SectionId::kCustom) {
      if (SectionRank(section.id) <= SectionRank(last)) {
        return MalformedError(section.start,
                              "unexpected content after last section: " +
                                  SectionName(section.id) + " after the " +
                                  SectionName(last));
      }
      last = section.id;
    }
    absl::Status status = DecodeSection(section, module);
    if (!status.ok()) return status;
  }
  absl::Status status = CheckCounts(module);
  if (status.ok()) status = DecodeCustomSections(module);
  if (!status.ok()) return status;
  module.referenced_functions.resize(module.functions.size());
  return module;
}

namespace {

bool DescribesCode(const Section& section) {
  if (section.id != SectionId::kCustom) return false;
  ByteReader reader(section.bytes);
  std::string_view name;
  return reader.ReadName(name) && name.starts_with(".debug_");
}

}  // namespace

std::string StripCode(Bytes bytes) {
  ByteReader reader(bytes);
  std::string stripped;
  auto append_from = [&](size_t start) {
    stripped.append(reinterpret_cast<const char*>(bytes.data()) + start,
                    reader.offset() - start);
  };
  if (!ReadHeader(reader)) return stripped;
  append_from(0);
  Section section;
  while (!reader.AtEnd() && ReadSection(reader, section)) {
    if (section.id != SectionId::kCode && !DescribesCode(section)) {
      append_from(section.start);
    }
  }
  return stripped;
}

}  // namespace slipway::wasm
