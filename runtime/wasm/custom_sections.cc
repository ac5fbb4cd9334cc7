#include "runtime/wasm/custom_sections.h"

#include <utility>

#include "runtime/wasm/byte_reader.h"

namespace slipway::wasm {
namespace {

// "name" and "dylink.0" consist of subsections like this one.
struct Subsection {
  uint8_t id = 0;
  size_t offset = 0;
  Bytes bytes;
};

bool ReadSubsection(ByteReader& reader, Subsection& subsection) {
  uint32_t size;
  if (!reader.ReadByte(subsection.id) || !reader.ReadU32(size)) return false;
  subsection.offset = reader.offset();
  return reader.ReadBytes(size, subsection.bytes);
}

bool ReadFunctionNames(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "names")) return false;
  module.function_names.resize(module.functions.size());
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t function;
    std::string_view name;
    if (!reader.ReadU32(function) || !reader.ReadName(name)) return false;
    if (function < module.function_names.size()) {
      module.function_names[function] = name;
    }
  }
  return true;
}

void DecodeNames(const CustomSection& section, Module& module) {
  constexpr uint8_t kModuleName = 0;
  constexpr uint8_t kFunctionNames = 1;
  ByteReader reader(section.bytes, section.offset);
  Subsection subsection;
  while (!reader.AtEnd() && ReadSubsection(reader, subsection)) {
    ByteReader names(subsection.bytes, subsection.offset);
    if (subsection.id == kModuleName) names.ReadName(module.name);
    if (subsection.id == kFunctionNames) ReadFunctionNames(names, module);
  }
}

void DecodeTargetFeatures(const CustomSection& section, Module& module) {
  constexpr uint8_t kUsed = '+';
  ByteReader reader(section.bytes, section.offset);
  uint32_t count;
  if (!reader.ReadCount(count, "features")) return;
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t prefix;
    std::string_view name;
    if (!reader.ReadByte(prefix) || !reader.ReadName(name)) return;
    if (prefix == kUsed) module.target_features.push_back(name);
  }
}

// The hints of one function.
bool ReadFunctionHints(ByteReader& reader, const Module& module,
                       std::vector<BranchHint>& hints) {
  const size_t start = reader.offset();
  uint32_t function;
  uint32_t count;
  if (!reader.ReadU32(function) || !reader.ReadCount(count, "hints")) {
    return false;
  }
  const size_t body = size_t{function} - module.imported_functions;
  if (body >= module.bodies.size()) return reader.FailAt(start, "no such body");
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t offset, size;
    uint8_t taken;
    if (!reader.ReadU32(offset) || !reader.ReadU32(size) ||
        !reader.ReadByte(taken)) {
      return false;
    }
    const size_t at = module.bodies[body].offset + offset;
    if (size != 1 || taken > 1 ||
        (!hints.empty() && hints.back().offset >= at)) {
      return reader.FailAt(start, "malformed branch hints");
    }
    hints.push_back({at, taken == 1});
  }
  return true;
}

void DecodeBranchHints(const CustomSection& section, Module& module) {
  ByteReader reader(section.bytes, section.offset);
  uint32_t functions;
  if (!reader.ReadCount(functions, "functions")) return;
  std::vector<BranchHint> hints;
  for (uint32_t i = 0; i < functions; ++i) {
    if (!ReadFunctionHints(reader, module, hints)) return;
  }
  module.branch_hints = std::move(hints);
}

bool ReadMemoryInfo(ByteReader& reader, Dylink& dylink) {
  // Alignments are exponents, so far below 64.
  constexpr uint32_t kMaxAlignment = 32;
  if (!reader.ReadU64(dylink.memory_size) ||
      !reader.ReadU32(dylink.memory_alignment) ||
      !reader.ReadU64(dylink.table_size) ||
      !reader.ReadU32(dylink.table_alignment)) {
    return false;
  }
  return (dylink.memory_alignment <= kMaxAlignment &&
          dylink.table_alignment <= kMaxAlignment) ||
         reader.Fail("dylink.0: alignment too large");
}

bool ReadStrings(ByteReader& reader, const char* what,
                 std::vector<std::string_view>& strings) {
  uint32_t count;
  if (!reader.ReadCount(count, what)) return false;
  strings.resize(count);
  for (std::string_view& string : strings) {
    if (!reader.ReadName(string)) return false;
  }
  return true;
}

bool ReadExportFlags(ByteReader& reader, Dylink& dylink) {
  uint32_t count;
  if (!reader.ReadCount(count, "export flags")) return false;
  for (uint32_t i = 0; i < count; ++i) {
    std::string_view name;
    uint32_t flags;
    if (!reader.ReadName(name) || !reader.ReadU32(flags)) return false;
    dylink.export_flags[name] = flags;
  }
  return true;
}

bool ReadImportFlags(ByteReader& reader, Dylink& dylink) {
  uint32_t count;
  if (!reader.ReadCount(count, "import flags")) return false;
  for (uint32_t i = 0; i < count; ++i) {
    std::string_view module, name;
    uint32_t flags;
    if (!reader.ReadName(module) || !reader.ReadName(name) ||
        !reader.ReadU32(flags)) {
      return false;
    }
    dylink.import_flags[{module, name}] = flags;
  }
  return true;
}

absl::Status DecodeDylink(const CustomSection& section, Dylink& dylink) {
  constexpr uint8_t kMemoryInfo = 1;
  constexpr uint8_t kNeeded = 2;
  constexpr uint8_t kExportFlags = 3;
  constexpr uint8_t kImportFlags = 4;
  constexpr uint8_t kRuntimePath = 5;
  ByteReader reader(section.bytes, section.offset);
  Subsection subsection;
  while (!reader.AtEnd() && ReadSubsection(reader, subsection)) {
    ByteReader content(subsection.bytes, subsection.offset);
    if (subsection.id == kMemoryInfo) ReadMemoryInfo(content, dylink);
    if (subsection.id == kNeeded) {
      ReadStrings(content, "needed libraries", dylink.needed);
    }
    if (subsection.id == kExportFlags) ReadExportFlags(content, dylink);
    if (subsection.id == kImportFlags) ReadImportFlags(content, dylink);
    if (subsection.id == kRuntimePath) {
      ReadStrings(content, "runtime paths", dylink.runtime_path);
    }
    if (!content.status().ok()) return content.status();
  }
  return reader.status();
}

}  // namespace

absl::Status DecodeCustomSections(Module& module) {
  for (const CustomSection& section : module.custom) {
    if (section.name == "name") DecodeNames(section, module);
    if (section.name == "target_features") {
      DecodeTargetFeatures(section, module);
    }
    if (section.name == "metadata.code.branch_hint") {
      DecodeBranchHints(section, module);
    }
    if (section.name == "dylink.0") {
      absl::Status status = DecodeDylink(section, module.dylink.emplace());
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace slipway::wasm
