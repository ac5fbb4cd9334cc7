#include "runtime/wasm/sections.h"

#include <string>
#include <unordered_map>

#include "runtime/wasm/instruction_decoder.h"
#include "runtime/wasm/limits.h"
#include "runtime/wasm/type_decoder.h"

namespace slipway::wasm {
namespace {

// A type written so that two identical types have the same text: references
// to types are replaced by their canonical index.
std::string CanonicalText(const Module& module, uint32_t type_index) {
  std::string text;
  auto append = [&](const std::vector<ValueType>& types) {
    for (const ValueType& type : types) {
      text += static_cast<char>(type.kind());
      if (!type.is_ref()) continue;
      uint32_t code = type.heap().code();
      if (code == type_index) {
        code = HeapType::kBottomHeap;  // itself
      } else if (code < type_index) {
        code = module.canonical_types[code];
      }
      text += type.nullable() ? '?' : '!';
      text.append(reinterpret_cast<const char*>(&code), sizeof(code));
    }
    text += ';';
  };
  append(module.types[type_index].params);
  append(module.types[type_index].results);
  return text;
}

void FindCanonicalTypes(Module& module) {
  std::unordered_map<std::string, uint32_t> first;
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    const auto entry = first.try_emplace(CanonicalText(module, i), i).first;
    module.canonical_types.push_back(entry->second);
  }
}

bool ReadFunction(ByteReader& reader, Module& module) {
  module.function_offsets.push_back(reader.offset());
  return reader.ReadU32(module.functions.emplace_back());
}

bool ReadImportedType(ByteReader& reader, Module& module, Import& import) {
  switch (import.kind) {
    case ExternKind::kFunction:
      import.index = module.imported_functions++;
      return ReadFunction(reader, module);
    case ExternKind::kTable:
      import.index = module.imported_tables++;
      module.tables.emplace_back().offset = reader.offset();
      return ReadTableType(reader, module.tables.back().type);
    case ExternKind::kMemory:
      import.index = module.imported_memories++;
      return ReadMemoryType(reader, module.memories.emplace_back());
    case ExternKind::kGlobal:
      import.index = module.imported_globals++;
      module.globals.emplace_back().offset = reader.offset();
      return ReadGlobalType(reader, module.globals.back().type);
    case ExternKind::kTag:
      import.index = module.imported_tags++;
      return ReadTagType(reader, module.tags.emplace_back());
  }
  return false;
}

bool ReadExternKind(ByteReader& reader, std::string_view what,
                    ExternKind& kind) {
  const size_t offset = reader.offset();
  uint8_t byte;
  if (!reader.ReadByte(byte)) return false;
  if (byte > static_cast<uint8_t>(ExternKind::kTag)) {
    return reader.FailMalformed(offset, std::string(what) + " kind",
                                "0x00 to 0x04", byte);
  }
  kind = static_cast<ExternKind>(byte);
  return true;
}

bool ReadImport(ByteReader& reader, Module& module, Import import) {
  if (!ReadExternKind(reader, "import", import.kind) ||
      !ReadImportedType(reader, module, import)) {
    return false;
  }
  module.imports.push_back(import);
  return true;
}

// The compact form (compact-import-section proposal): in place of a kind after
// an empty name, a marker, and then all names imported from one module, each
// with its type or all with the same.
constexpr uint8_t kImportGroup = 0x7f;
constexpr uint8_t kImportGroupOfType = 0x7e;

bool ReadImportGroup(ByteReader& reader, Module& module, Import import) {
  uint32_t count;
  if (!reader.ReadCount(count, "imports")) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadName(import.name)) return false;
    if (!ReadImport(reader, module, import)) return false;
  }
  return true;
}

bool ReadImportGroupOfType(ByteReader& reader, Module& module, Import import) {
  const ByteReader type = reader;  // read again for every name
  Module skipped;
  uint32_t count;
  if (!ReadImport(reader, skipped, import) ||
      !reader.ReadCount(count, "imports")) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadName(import.name)) return false;
    ByteReader again = type;
    if (!ReadImport(again, module, import)) return false;
  }
  return true;
}

bool ReadImportEntry(ByteReader& reader, Module& module) {
  Import import;
  if (!reader.ReadName(import.module) || !reader.ReadName(import.name)) {
    return false;
  }
  const int marker = import.name.empty() ? reader.Peek() : -1;
  if (marker != kImportGroup && marker != kImportGroupOfType) {
    return ReadImport(reader, module, import);
  }
  uint8_t consumed;
  reader.ReadByte(consumed);
  return marker == kImportGroup ? ReadImportGroup(reader, module, import)
                                : ReadImportGroupOfType(reader, module, import);
}

// How many items a section defines beside those that are imported.
bool ReadDefinitions(ByteReader& reader, std::string_view what,
                     uint32_t imported, uint32_t limit, uint32_t& count) {
  const size_t offset = reader.offset();
  if (!reader.ReadCount(count, what, limit)) return false;
  const uint32_t all = imported + count;  // both are at most a million
  return all <= limit || reader.FailAt(offset, TooMany(what, all, limit));
}

bool ReadTable(ByteReader& reader, Module& module, Table& table) {
  constexpr int kHasInitializer = 0x40;
  table.offset = reader.offset();
  if (reader.Peek() != kHasInitializer) {
    return ReadTableType(reader, table.type);
  }
  uint8_t marker;
  uint8_t zero;
  const size_t offset = reader.offset();
  if (!reader.ReadByte(marker) || !reader.ReadByte(zero)) return false;
  if (zero != 0) {
    return reader.FailMalformed(offset, "table", "0x40 0x00", zero);
  }
  return ReadTableType(reader, table.type) &&
         ReadConstExpr(reader, module, table.init.emplace());
}

}  // namespace

void MarkReferenced(Module& module, uint32_t function) {
  if (function >= module.functions.size()) return;
  if (module.referenced_functions.empty()) {
    module.referenced_functions.resize(module.functions.size());
  }
  module.referenced_functions[function] = true;
}

bool ReadConstExpr(ByteReader& reader, Module& module, ConstExpr& expr) {
  const uint8_t* begin = reader.position();
  expr.offset = reader.offset();
  Instruction instruction;
  for (uint32_t depth = 1; depth > 0;) {
    if (!ReadInstruction(reader, module, instruction)) return false;
    const Immediate immediate = GetOpcodeInfo(instruction.op).immediate;
    if (instruction.op == Opcode::kEnd) --depth;
    if (instruction.op == Opcode::kDelegate) --depth;
    if (instruction.op == Opcode::kRefFunc) {
      MarkReferenced(module, instruction.index);
    }
    // Blocks are invalid here, but must nest for the section to parse.
    if (immediate == Immediate::kBlock || immediate == Immediate::kTryTable) {
      ++depth;
    }
  }
  expr.bytes = Bytes(begin, reader.position());
  return true;
}

bool ReadTypeSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "types", kMaxTypes)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    module.type_offsets.push_back(reader.offset());
    if (!ReadFuncType(reader, module.types.emplace_back())) return false;
  }
  FindCanonicalTypes(module);
  return true;
}

bool ReadImportSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "imports", kMaxImports)) return false;
  // The count is of imports, not of groups.
  while (module.imports.size() < count) {
    if (!ReadImportEntry(reader, module)) return false;
  }
  if (module.imports.size() != count) {
    return reader.Fail("import section and group have inconsistent lengths: " +
                       std::to_string(count) + " announced, " +
                       std::to_string(module.imports.size()) + " imports");
  }
  // The limits of the others are not below kMaxImports.
  if (module.imported_tables > kMaxTables) {
    return reader.Fail(TooMany("tables", module.imported_tables, kMaxTables));
  }
  return module.imported_memories <= kMaxMemories ||
         reader.Fail(
             TooMany("memories", module.imported_memories, kMaxMemories));
}

bool ReadFunctionSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!ReadDefinitions(reader, "functions", module.imported_functions,
                       kMaxFunctions, count)) {
    return false;
  }
  module.functions.reserve(module.functions.size() + count);
  module.function_offsets.reserve(module.functions.size() + count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadFunction(reader, module)) return false;
  }
  return true;
}

bool ReadTableSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!ReadDefinitions(reader, "tables", module.imported_tables, kMaxTables,
                       count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadTable(reader, module, module.tables.emplace_back())) return false;
  }
  return true;
}

bool ReadMemorySection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!ReadDefinitions(reader, "memories", module.imported_memories,
                       kMaxMemories, count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadMemoryType(reader, module.memories.emplace_back())) return false;
  }
  return true;
}

bool ReadTagSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!ReadDefinitions(reader, "tags", module.imported_tags, kMaxTags, count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadTagType(reader, module.tags.emplace_back())) return false;
  }
  return true;
}

bool ReadGlobalSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!ReadDefinitions(reader, "globals", module.imported_globals, kMaxGlobals,
                       count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    Global& global = module.globals.emplace_back();
    global.offset = reader.offset();
    if (!ReadGlobalType(reader, global.type) ||
        !ReadConstExpr(reader, module, global.init.emplace())) {
      return false;
    }
  }
  return true;
}

bool ReadExportSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "exports", kMaxExports)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    Export entry;
    entry.offset = reader.offset();
    if (!reader.ReadName(entry.name) ||
        !ReadExternKind(reader, "export", entry.kind) ||
        !reader.ReadU32(entry.index)) {
      return false;
    }
    if (entry.kind == ExternKind::kFunction) {
      MarkReferenced(module, entry.index);
    }
    module.exports.push_back(entry);
  }
  return true;
}

bool ReadStartSection(ByteReader& reader, Module& module) {
  module.start_offset = reader.offset();
  return reader.ReadU32(module.start.emplace());
}

bool ReadDataCountSection(ByteReader& reader, Module& module) {
  return reader.ReadU32(module.data_count.emplace());
}

bool ReadCodeSection(ByteReader& reader, Module& module) {
  uint32_t count;
  if (!reader.ReadCount(count, "function bodies")) return false;
  module.bodies.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t size;
    FunctionBody body;
    const size_t start = reader.offset();
    if (!reader.ReadU32(size)) return false;
    if (size > kMaxBodyBytes) {
      return reader.FailAt(
          start, "function " + std::to_string(module.imported_functions + i) +
                     ": " + TooMany("bytes of code", size, kMaxBodyBytes));
    }
    body.offset = reader.offset();
    if (!reader.ReadBytes(size, body.bytes)) return false;
    module.bodies.push_back(body);
  }
  return true;
}

}  // namespace slipway::wasm
