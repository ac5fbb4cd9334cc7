#include "runtime/engine/import_matching.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/engine/link_type.h"
#include "runtime/engine/type_registry.h"

namespace slipway::engine {
namespace {

using wasm::ExternKind;

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string NameOf(const wasm::Import& import) {
  return absl::StrCat("unlinkable: import ", View(import.module), ".",
                      View(import.name), ": ");
}

std::string FunctionTypeText(uint32_t hash) {
  const TypeEntry* type = FindType(hash);
  return absl::StrCat("function ",
                      type == nullptr ? "of another type" : type->canonical);
}

std::string GlobalText(const LinkType& value, bool is_mutable) {
  return absl::StrCat("global ", is_mutable ? "mut " : "", value.ToString());
}

std::string TableText(const LinkType& element, const wasm::Limits& limits) {
  return absl::StrCat("table of ", element.ToString(), " ",
                      LimitsToString(limits));
}

// The verdict, and what the import asks for.
struct Comparison {
  bool matches = false;
  std::string expected;
};

uint32_t HashOf(const FunctionExtern& function) {
  return function.ref != nullptr ? function.ref->type_hash
                                 : function.host->type_hash;
}

std::string Describe(const FunctionExtern& function) {
  if (function.host != nullptr) {
    return absl::StrCat("function ", function.host->type.ToString());
  }
  return FunctionTypeText(function.ref->type_hash);
}
std::string Describe(const std::shared_ptr<Table>& table) {
  return TableText(table->element(), table->limits());
}
std::string Describe(const std::shared_ptr<Memory>& memory) {
  return absl::StrCat("memory ", LimitsToString(memory->limits()));
}
std::string Describe(const GlobalExtern& global) {
  return GlobalText(global.value, global.is_mutable);
}
std::string Describe(const std::shared_ptr<Tag>& tag) {
  return absl::StrCat("tag ", tag->type.ToString());
}

// A posix memory takes any declaration whose minimum fits.
bool MemoryMatches(const Memory& memory, const wasm::Limits& expected) {
  wasm::Limits limits = memory.limits();
  if (memory.is_posix()) limits.max = expected.max;
  return Matches(limits, expected);
}

// An immutable global may be of a subtype; a mutable one is written to.
bool GlobalMatches(const GlobalExtern& global, const LinkType& expected,
                   bool is_mutable) {
  if (global.is_mutable != is_mutable) return false;
  return is_mutable ? global.value == expected
                    : Matches(global.value, expected);
}

Comparison CompareFunction(const CodeObject& code, uint32_t index,
                           const Extern& actual) {
  const uint32_t hash = code.type_hash(code.module().functions[index]);
  const auto* function = std::get_if<FunctionExtern>(&actual);
  return {function != nullptr && HashOf(*function) == hash,
          FunctionTypeText(hash)};
}

Comparison CompareTable(const CodeObject& code, uint32_t index,
                        const Extern& actual) {
  const wasm::TableType& type = code.module().tables[index].type;
  const LinkType element = MakeLinkType(code.module(), type.element);
  const auto* table = std::get_if<std::shared_ptr<Table>>(&actual);
  return {table != nullptr && (*table)->element() == element &&
              Matches((*table)->limits(), type.limits),
          TableText(element, type.limits)};
}

Comparison CompareMemory(const CodeObject& code, uint32_t index,
                         const Extern& actual) {
  const wasm::Limits& limits = code.module().memories[index].limits;
  const auto* memory = std::get_if<std::shared_ptr<Memory>>(&actual);
  return {memory != nullptr && MemoryMatches(**memory, limits),
          absl::StrCat("memory ", LimitsToString(limits))};
}

Comparison CompareGlobal(const CodeObject& code, uint32_t index,
                         const Extern& actual) {
  const wasm::GlobalType& type = code.module().globals[index].type;
  const LinkType value = MakeLinkType(code.module(), type.value);
  const auto* global = std::get_if<GlobalExtern>(&actual);
  return {global != nullptr && GlobalMatches(*global, value, type.is_mutable),
          GlobalText(value, type.is_mutable)};
}

Comparison CompareTag(const CodeObject& code, uint32_t index,
                      const Extern& actual) {
  const uint32_t type = code.module().tags[index].type_index;
  const auto* tag = std::get_if<std::shared_ptr<Tag>>(&actual);
  return {tag != nullptr && *tag != nullptr &&
              (*tag)->type_hash == code.type_hash(type),
          absl::StrCat("tag ", code.module().types[type].ToString())};
}

Comparison Compare(const CodeObject& code, const wasm::Import& import,
                   const Extern& actual) {
  switch (import.kind) {
    case ExternKind::kFunction:
      return CompareFunction(code, import.index, actual);
    case ExternKind::kTable:
      return CompareTable(code, import.index, actual);
    case ExternKind::kMemory:
      return CompareMemory(code, import.index, actual);
    case ExternKind::kGlobal:
      return CompareGlobal(code, import.index, actual);
    case ExternKind::kTag:
      return CompareTag(code, import.index, actual);
  }
  return {};
}

}  // namespace

absl::Status MatchImport(const CodeObject& code, const wasm::Import& import,
                         const Extern& actual) {
  const Comparison result = Compare(code, import, actual);
  if (result.matches) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      NameOf(import), "incompatible import type: expected ", result.expected,
      ", got ",
      std::visit([](const auto& value) { return Describe(value); }, actual)));
}

absl::Status MissingImport(const CodeObject& code, const wasm::Import& import) {
  // Comparing with nothing describes what is expected.
  return absl::NotFoundError(
      absl::StrCat(NameOf(import), "unknown import: expected ",
                   Compare(code, import, std::shared_ptr<Tag>()).expected));
}

}  // namespace slipway::engine
