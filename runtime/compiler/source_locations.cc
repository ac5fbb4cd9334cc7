#include "runtime/compiler/source_locations.h"

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/Metadata.h"

namespace slipway::compiler {
namespace {

constexpr unsigned kDwarfVersion = 5;

// What has no name of its own must not look like anything else.
uint16_t KnownLanguage(uint16_t language) {
  return llvm::dwarf::LanguageString(language).empty()
             ? static_cast<uint16_t>(llvm::dwarf::DW_LANG_C99)
             : language;
}

}  // namespace

SourceLocations::SourceLocations(const SourceMap& map, const wasm::Module& wasm,
                                 llvm::Module& module)
    : map_(map), wasm_(wasm), module_(module) {
  module_.addModuleFlag(llvm::Module::Max, "Dwarf Version", kDwarfVersion);
  module_.addModuleFlag(llvm::Module::Warning, "Debug Info Version",
                        llvm::DEBUG_METADATA_VERSION);
}

SourceLocations::CompileUnit& SourceLocations::UnitOf(uint32_t unit) {
  CompileUnit& entry = units_[unit];
  if (entry.builder == nullptr) {
    const SourceMap::CompileUnit& source = map_.units()[unit];
    entry.builder = std::make_unique<llvm::DIBuilder>(module_);
    // LLVM wants a name.
    entry.file = entry.builder->createFile(
        source.name.empty() ? "unknown" : source.name, source.directory);
    entry.builder->createCompileUnit(
        llvm::DISourceLanguageName(KnownLanguage(source.language)), entry.file,
        "slipway-compiler", /*isOptimized=*/true, /*Flags=*/"", /*RV=*/0,
        /*SplitName=*/"", llvm::DICompileUnit::DebugEmissionKind::FullDebug,
        /*DWOId=*/0, /*SplitDebugInlining=*/true,
        /*DebugInfoForProfiling=*/false,
        // gdb 13 does not read LLVM's index.
        llvm::DICompileUnit::DebugNameTableKind::None);
  }
  return entry;
}

llvm::DIFile* SourceLocations::FileOf(uint32_t file, uint32_t unit) {
  if (file == SourceMap::kNone) return UnitOf(unit).file;
  llvm::DIFile*& entry = files_[file];
  if (entry == nullptr) {
    const llvm::StringRef directory = map_.units()[unit].directory;
    llvm::StringRef path = map_.files()[file].path;
    // As the compile unit names its own file, which is then not there twice.
    const bool is_below =
        path.consume_front(directory) && path.consume_front("/");
    entry = is_below ? llvm::DIFile::get(module_.getContext(), path, directory)
                     : llvm::DIFile::get(module_.getContext(),
                                         map_.files()[file].path, "");
  }
  return entry;
}

llvm::DISubprogram* SourceLocations::NewFunction(
    const SourceMap::Function& function) {
  CompileUnit& unit = UnitOf(function.unit);
  llvm::DIFile* const file = FileOf(function.file, function.unit);
  llvm::DIBuilder& builder = *unit.builder;
  return builder.createFunction(
      file, function.name, function.linkage_name, file, function.line,
      builder.createSubroutineType(builder.getOrCreateTypeArray({})),
      function.line, llvm::DINode::FlagZero,
      llvm::DISubprogram::SPFlagDefinition |
          llvm::DISubprogram::SPFlagOptimized);
}

llvm::DISubprogram* SourceLocations::InlinedFunction(uint32_t function) {
  llvm::DISubprogram*& entry = inlined_functions_[function];
  if (entry == nullptr) entry = NewFunction(map_.functions()[function]);
  return entry;
}

llvm::DIScope* SourceLocations::In(llvm::DISubprogram* function,
                                   uint32_t file) {
  if (file == SourceMap::kNone) return function;
  llvm::DIFile* const other = FileOf(file, map_.files()[file].unit);
  if (other == function->getFile()) return function;
  return llvm::DILexicalBlockFile::get(module_.getContext(), function, other,
                                       /*Discriminator=*/0);
}

uint32_t SourceLocations::RootOf(uint32_t scope) const {
  while (scope != SourceMap::kNone &&
         map_.scopes()[scope].parent != SourceMap::kNone) {
    scope = map_.scopes()[scope].parent;
  }
  return scope;
}

void SourceLocations::StartFunction(uint32_t index, llvm::Function& function) {
  places_.clear();
  function_ = nullptr;
  const size_t begin = wasm_.bodies[index - wasm_.imported_functions].offset;
  root_ = RootOf(map_.ScopeAt(begin));
  if (root_ != SourceMap::kNone) {
    function_ = NewFunction(map_.functions()[map_.scopes()[root_].function]);
  } else if (const SourceMap::Row* row = map_.RowAt(begin)) {
    // Assembly, and what was compiled with -gline-tables-only.
    SourceMap::Function unnamed;
    unnamed.name = wasm_.FunctionName(index);
    unnamed.file = row->file;
    unnamed.line = row->line;
    unnamed.unit = map_.files()[row->file].unit;
    function_ = NewFunction(unnamed);
  }
  if (function_ != nullptr) function.setSubprogram(function_);
}

SourceLocations::Place SourceLocations::PlaceOf(uint32_t scope) {
  if (scope == root_) return {.function = function_};
  const auto known = places_.find(scope);
  if (known != places_.end()) return known->second;
  const SourceMap::Scope& source = map_.scopes()[scope];
  const Place caller = PlaceOf(source.parent);
  const Place place = {.function = InlinedFunction(source.function),
                       .call = llvm::DILocation::getDistinct(
                           module_.getContext(), source.line, source.column,
                           In(caller.function, source.file), caller.call)};
  places_[scope] = place;
  return place;
}

llvm::DebugLoc SourceLocations::At(size_t offset) {
  if (function_ == nullptr) return {};
  const SourceMap::Row* const row = map_.RowAt(offset);
  if (row == nullptr) return OfNoLine();
  const uint32_t scope = map_.ScopeAt(offset);
  // Malformed DWARF may have functions that overlap.
  const bool is_known = root_ != SourceMap::kNone && RootOf(scope) == root_;
  const Place place = is_known ? PlaceOf(scope) : Place{.function = function_};
  return llvm::DILocation::get(module_.getContext(), row->line, row->column,
                               In(place.function, row->file), place.call);
}

llvm::DebugLoc SourceLocations::OfNoLine() {
  if (function_ == nullptr) return {};
  return llvm::DILocation::get(module_.getContext(), 0, 0, function_);
}

void SourceLocations::Finish() {
  for (auto& [index, unit] : units_) unit.builder->finalize();
}

}  // namespace slipway::compiler
