#include "runtime/compiler/source_map.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "llvm/ADT/StringMap.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/DebugInfo/DWARF/DWARFDebugLine.h"
#include "llvm/DebugInfo/DWARF/DWARFDie.h"
#include "llvm/DebugInfo/DWARF/DWARFUnit.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "runtime/wasm/byte_reader.h"

namespace slipway::compiler {
namespace {

constexpr std::string_view kPrefix = ".debug_";
// Deeper nests of inlined calls are cut: LLVM recurses over them.
constexpr uint32_t kMaxDepth = 64;
// Of DW_AT_specification and DW_AT_abstract_origin; real ones have two.
constexpr int kMaxOrigins = 4;

using Sections = llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>>;

// LLVM's names have no dot. The buffers borrow the module's bytes.
Sections DebugSections(const wasm::Module& module) {
  Sections sections;
  for (const wasm::CustomSection& section : module.custom) {
    if (!section.name.starts_with(kPrefix)) continue;
    const llvm::StringRef name(section.name.data() + 1,
                               section.name.size() - 1);
    const llvm::StringRef bytes(
        reinterpret_cast<const char*>(section.bytes.data()),
        section.bytes.size());
    sections.insert_or_assign(
        name, llvm::MemoryBuffer::getMemBuffer(
                  bytes, name, /*RequiresNullTerminator=*/false));
  }
  return sections;
}

// Where the contents of the code section begin in the file: before the number
// of bodies.
size_t CodeOffset(const wasm::Module& module) {
  constexpr size_t kHeader = 8;
  constexpr uint8_t kCode = 10;
  wasm::ByteReader reader(module.bytes.subspan(kHeader), kHeader);
  uint8_t id = 0;
  uint32_t size = 0;
  wasm::Bytes contents;
  while (reader.ReadByte(id) && reader.ReadU32(size)) {
    if (id == kCode) return reader.offset();
    if (!reader.ReadBytes(size, contents)) break;
  }
  return 0;
}

void Ignore(llvm::Error error) { llvm::consumeError(std::move(error)); }

}  // namespace

class SourceMapReader {
 public:
  SourceMapReader(SourceMap& map, const Sections& sections)
      : map_(map),
        context_(llvm::DWARFContext::create(sections, /*AddrSize=*/8,
                                            /*isLittleEndian=*/true, Ignore,
                                            Ignore)) {
    // Real DWARF has a few bytes per attribute, and names that are read once
    // per function; what is made to be slow to read has neither.
    constexpr uint64_t kStepsPerByte = 64;
    constexpr uint64_t kSomeSteps = 1 << 20;
    steps_left_ = kSomeSteps;
    for (const auto& section : sections) {
      steps_left_ += kStepsPerByte * section.second->getBufferSize();
    }
  }

  void Read() {
    for (const std::unique_ptr<llvm::DWARFUnit>& unit :
         context_->compile_units()) {
      ReadUnit(*unit);
    }
    // Where one sequence ends and another begins, the latter's row comes last.
    std::sort(map_.rows_.begin(), map_.rows_.end(),
              [](const SourceMap::Row& a, const SourceMap::Row& b) {
                return std::pair(a.address, a.file != SourceMap::kNone) <
                       std::pair(b.address, b.file != SourceMap::kNone);
              });
  }

 private:
  using LineTable = llvm::DWARFDebugLine::LineTable;

  void ReadUnit(llvm::DWARFUnit& unit) {
    const llvm::DWARFDie root = unit.getUnitDIE(/*ExtractUnitDIEOnly=*/false);
    if (!root.isValid() || root.getTag() != llvm::dwarf::DW_TAG_compile_unit) {
      return;
    }
    SourceMap::CompileUnit entry;
    entry.name = String(root, llvm::dwarf::DW_AT_name);
    entry.directory = String(root, llvm::dwarf::DW_AT_comp_dir);
    entry.language =
        static_cast<uint16_t>(Unsigned(root, llvm::dwarf::DW_AT_language));
    map_.units_.push_back(std::move(entry));
    files_.clear();
    functions_.clear();
    llvm::Expected<const LineTable*> lines =
        context_->getLineTableForUnit(&unit, Ignore);
    lines_ = lines ? *lines : nullptr;
    if (!lines) llvm::consumeError(lines.takeError());
    const auto table = Offset(root, llvm::dwarf::DW_AT_stmt_list);
    if (lines_ != nullptr && table && tables_.insert(*table).second) {
      ReadRows();
    }
    ReadScopes(unit);
    context_->clearLineTableForUnit(&unit);
  }

  // --- Lines.

  void ReadRows() {
    for (const llvm::DWARFDebugLine::Sequence& sequence : lines_->Sequences) {
      // What the linker dropped has an address outside of the code.
      if (!sequence.isValid() || sequence.LowPC == 0 ||
          sequence.HighPC > map_.code_size_) {
        continue;
      }
      for (unsigned i = sequence.FirstRowIndex; i < sequence.LastRowIndex;
           ++i) {
        // The last row of several for one address stands.
        if (i + 1 < sequence.LastRowIndex &&
            lines_->Rows[i].Address == lines_->Rows[i + 1].Address &&
            !lines_->Rows[i + 1].EndSequence) {
          continue;
        }
        AddRow(lines_->Rows[i]);
      }
    }
  }

  void AddRow(const llvm::DWARFDebugLine::Row& row) {
    SourceMap::Row entry;
    entry.address = static_cast<uint32_t>(row.Address.Address);
    if (!row.EndSequence) {
      entry.file = File(row.File);
      entry.line = row.Line;
      entry.column = row.Column;
    }
    map_.rows_.push_back(entry);
  }

  // Of the unit's line table.
  uint32_t File(uint64_t index) {
    const auto [known, is_new] = files_.try_emplace(index, SourceMap::kNone);
    if (!is_new || lines_ == nullptr || !lines_->hasFileAtIndex(index)) {
      return known->second;
    }
    SourceMap::File file;
    file.unit = CurrentUnit();
    if (!lines_->getFileNameByIndex(
            index, map_.units_.back().directory,
            llvm::DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath,
            file.path) ||
        !Spend(file.path.size())) {
      return known->second;
    }
    known->second = static_cast<uint32_t>(map_.files_.size());
    map_.files_.push_back(std::move(file));
    return known->second;
  }

  // --- Functions and inlined calls.

  void ReadScopes(llvm::DWARFUnit& unit) {
    // The scope of each entry's contents, by its index in the unit.
    std::vector<uint32_t> scopes(unit.getNumDIEs(), SourceMap::kNone);
    for (uint32_t i = 0; i < scopes.size(); ++i) {
      const llvm::DWARFDie die = unit.getDIEAtIndex(i);
      const auto* const shape = die.getAbbreviationDeclarationPtr();
      if (shape == nullptr) continue;
      if (!Spend(shape->getNumAttributes())) return;
      const auto parent = die.getDebugInfoEntry()->getParentIdx();
      const uint32_t outer =
          parent && *parent < i ? scopes[*parent] : SourceMap::kNone;
      scopes[i] = outer;
      const bool inlined =
          die.getTag() == llvm::dwarf::DW_TAG_inlined_subroutine;
      if (die.getTag() == llvm::dwarf::DW_TAG_subprogram ||
          (inlined && outer != SourceMap::kNone &&
           map_.scopes_[outer].depth < kMaxDepth)) {
        scopes[i] = AddScope(die, inlined ? outer : SourceMap::kNone);
      }
    }
  }

  // kNone when it has no code.
  uint32_t AddScope(const llvm::DWARFDie& die, uint32_t parent) {
    llvm::Expected<llvm::DWARFAddressRangesVector> ranges =
        die.getAddressRanges();
    if (!ranges) {
      llvm::consumeError(ranges.takeError());
      return parent;
    }
    const auto scope = static_cast<uint32_t>(map_.scopes_.size());
    bool has_code = false;
    for (const llvm::DWARFAddressRange& range : *ranges) {
      if (range.LowPC == 0 || range.LowPC >= range.HighPC ||
          range.HighPC > map_.code_size_ || !Spend(1)) {
        continue;
      }
      Paint(static_cast<uint32_t>(range.LowPC),
            static_cast<uint32_t>(range.HighPC), scope);
      has_code = true;
    }
    if (!has_code) return parent;
    SourceMap::Scope entry;
    entry.function = FunctionOf(die);
    entry.parent = parent;
    if (parent != SourceMap::kNone) {
      entry.depth = map_.scopes_[parent].depth + 1;
      entry.file = File(Unsigned(die, llvm::dwarf::DW_AT_call_file));
      entry.line =
          static_cast<uint32_t>(Unsigned(die, llvm::dwarf::DW_AT_call_line));
      entry.column =
          static_cast<uint32_t>(Unsigned(die, llvm::dwarf::DW_AT_call_column));
    }
    map_.scopes_.push_back(entry);
    return scope;
  }

  // Entries come before those in them, so the innermost scope stays.
  void Paint(uint32_t begin, uint32_t end, uint32_t scope) {
    std::map<uint32_t, uint32_t>& at = map_.scope_at_;
    const uint32_t after = std::prev(at.upper_bound(end))->second;
    at.erase(at.lower_bound(begin), at.lower_bound(end));
    at[begin] = scope;
    at.try_emplace(end, after);
  }

  // The function that the entry is, or is a call of.
  uint32_t FunctionOf(const llvm::DWARFDie& die) {
    llvm::DWARFDie origin = die.getAttributeValueAsReferencedDie(
        llvm::dwarf::DW_AT_abstract_origin);
    if (!origin.isValid()) origin = die;
    const auto [known, is_new] =
        functions_.try_emplace(origin.getOffset(), map_.functions_.size());
    if (is_new) map_.functions_.push_back(Describe(origin));
    return known->second;
  }

  SourceMap::Function Describe(llvm::DWARFDie die) {
    SourceMap::Function function;
    function.unit = CurrentUnit();
    const llvm::DWARFUnit* const unit = die.getDwarfUnit();
    for (int i = 0; i < kMaxOrigins && die.isValid(); ++i) {
      if (function.name.empty()) {
        function.name = String(die, llvm::dwarf::DW_AT_name);
      }
      if (function.linkage_name.empty()) {
        function.linkage_name = String(die, llvm::dwarf::DW_AT_linkage_name);
      }
      // File numbers are the unit's own.
      const uint64_t file = Unsigned(die, llvm::dwarf::DW_AT_decl_file);
      if (function.line == 0 && die.getDwarfUnit() == unit) {
        function.line =
            static_cast<uint32_t>(Unsigned(die, llvm::dwarf::DW_AT_decl_line));
        if (function.line != 0) function.file = File(file);
      }
      llvm::DWARFDie next = die.getAttributeValueAsReferencedDie(
          llvm::dwarf::DW_AT_specification);
      if (!next.isValid()) {
        next = die.getAttributeValueAsReferencedDie(
            llvm::dwarf::DW_AT_abstract_origin);
      }
      die = next;
    }
    if (function.linkage_name == function.name) function.linkage_name.clear();
    return function;
  }

  // --- Attributes; 0 or empty without one of the kind.

  uint64_t Unsigned(const llvm::DWARFDie& die, llvm::dwarf::Attribute name) {
    const auto value = die.find(name);
    return value ? value->getAsUnsignedConstant().value_or(0) : 0;
  }

  std::optional<uint64_t> Offset(const llvm::DWARFDie& die,
                                 llvm::dwarf::Attribute name) {
    const auto value = die.find(name);
    return value ? value->getAsSectionOffset() : std::nullopt;
  }

  std::string String(const llvm::DWARFDie& die, llvm::dwarf::Attribute name) {
    const auto value = die.find(name);
    if (!value) return "";
    llvm::Expected<const char*> string = value->getAsCString();
    if (!string) {
      llvm::consumeError(string.takeError());
      return "";
    }
    const size_t size = std::strlen(*string);
    return Spend(size) ? std::string(*string, size) : "";
  }

  bool Spend(uint64_t steps) {
    if (steps > steps_left_) {
      steps_left_ = 0;
      return false;
    }
    steps_left_ -= steps;
    return true;
  }

  uint32_t CurrentUnit() const {
    return static_cast<uint32_t>(map_.units_.size() - 1);
  }

  SourceMap& map_;
  const std::unique_ptr<llvm::DWARFContext> context_;
  uint64_t steps_left_ = 0;
  std::set<uint64_t> tables_;  // offsets of those that were read
  // Of the current unit: its line table (borrowed from context_), files by
  // their number, functions by the offset of their entry.
  const LineTable* lines_ = nullptr;
  std::map<uint64_t, uint32_t> files_;
  std::map<uint64_t, uint32_t> functions_;
};

std::unique_ptr<const SourceMap> SourceMap::Read(const wasm::Module& module) {
  if (module.bodies.empty()) return nullptr;
  const Sections sections = DebugSections(module);
  if (!sections.contains("debug_line") || !sections.contains("debug_info")) {
    return nullptr;
  }
  std::unique_ptr<SourceMap> map(new SourceMap);
  map->code_begin_ = CodeOffset(module);
  const wasm::FunctionBody& last = module.bodies.back();
  map->code_size_ = last.offset + last.bytes.size() - map->code_begin_;
  SourceMapReader(*map, sections).Read();
  if (map->rows_.empty()) return nullptr;
  return map;
}

const SourceMap::Row* SourceMap::RowAt(size_t offset) const {
  const auto after = std::upper_bound(
      rows_.begin(), rows_.end(), offset - code_begin_,
      [](size_t address, const Row& row) { return address < row.address; });
  if (after == rows_.begin()) return nullptr;
  const Row& row = *std::prev(after);
  return row.file == kNone ? nullptr : &row;
}

uint32_t SourceMap::ScopeAt(size_t offset) const {
  const auto address = static_cast<uint32_t>(offset - code_begin_);
  return std::prev(scope_at_.upper_bound(address))->second;
}

}  // namespace slipway::compiler
