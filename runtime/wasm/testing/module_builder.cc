#include "runtime/wasm/testing/module_builder.h"

#include "runtime/wasm/byte_writer.h"

namespace slipway::wasm {
namespace {

constexpr char kEnd = '\x0b';

void AppendTypes(std::string& to, const std::vector<ValueType>& types) {
  AppendUnsigned(to, types.size());
  for (const ValueType& type : types) AppendValueType(to, type);
}

std::string EncodeLimits(const Limits& limits) {
  std::string bytes;
  bytes += static_cast<char>((limits.max ? 1 : 0) | (limits.shared ? 2 : 0) |
                             (limits.is64 ? 4 : 0));
  AppendUnsigned(bytes, limits.min);
  if (limits.max) AppendUnsigned(bytes, *limits.max);
  return bytes;
}

std::string EncodeTable(const TableType& type) {
  std::string bytes;
  AppendValueType(bytes, type.element);
  return bytes + EncodeLimits(type.limits);
}

std::string EncodeGlobal(const GlobalType& type) {
  std::string bytes;
  AppendValueType(bytes, type.value);
  bytes += type.is_mutable ? '\x01' : '\x00';
  return bytes;
}

std::string EncodeTag(uint32_t type) {
  std::string bytes(1, '\0');
  AppendUnsigned(bytes, type);
  return bytes;
}

std::string EncodeIndex(uint32_t index) {
  std::string bytes;
  AppendUnsigned(bytes, index);
  return bytes;
}

void AppendSection(std::string& to, uint8_t id, std::string_view contents) {
  to += static_cast<char>(id);
  AppendSized(to, contents);
}

void AppendCustom(std::string& to, std::string_view name,
                  std::string_view bytes) {
  std::string contents;
  AppendSized(contents, name);
  contents += bytes;
  AppendSection(to, 0, contents);
}

// Runs of equal types, as the format wants them.
std::string EncodeLocals(const std::vector<ValueType>& locals) {
  uint32_t runs = 0;
  std::string bytes;
  for (size_t i = 0; i < locals.size();) {
    size_t end = i + 1;
    while (end < locals.size() && locals[end] == locals[i]) ++end;
    AppendUnsigned(bytes, end - i);
    AppendValueType(bytes, locals[i]);
    ++runs;
    i = end;
  }
  return EncodeIndex(runs) + bytes;
}

}  // namespace

uint32_t ModuleBuilder::Type(std::vector<ValueType> params,
                             std::vector<ValueType> results) {
  types_.bytes += '\x60';
  AppendTypes(types_.bytes, params);
  AppendTypes(types_.bytes, results);
  return types_.count++;
}

uint32_t ModuleBuilder::Import(std::string_view module, std::string_view name,
                               ExternKind kind, std::string_view type) {
  AppendSized(imports_.bytes, module);
  AppendSized(imports_.bytes, name);
  imports_.bytes += static_cast<char>(kind);
  imports_.bytes += type;
  ++imports_.count;
  return counts_[static_cast<int>(kind)]++;
}

uint32_t ModuleBuilder::ImportFunction(std::string_view module,
                                       std::string_view name, uint32_t type) {
  return Import(module, name, ExternKind::kFunction, EncodeIndex(type));
}

uint32_t ModuleBuilder::ImportTable(std::string_view module,
                                    std::string_view name,
                                    const TableType& type) {
  return Import(module, name, ExternKind::kTable, EncodeTable(type));
}

uint32_t ModuleBuilder::ImportMemory(std::string_view module,
                                     std::string_view name,
                                     const Limits& limits) {
  return Import(module, name, ExternKind::kMemory, EncodeLimits(limits));
}

uint32_t ModuleBuilder::ImportGlobal(std::string_view module,
                                     std::string_view name,
                                     const GlobalType& type) {
  return Import(module, name, ExternKind::kGlobal, EncodeGlobal(type));
}

uint32_t ModuleBuilder::ImportTag(std::string_view module,
                                  std::string_view name, uint32_t type) {
  return Import(module, name, ExternKind::kTag, EncodeTag(type));
}

uint32_t ModuleBuilder::Function(uint32_t type, std::vector<ValueType> locals,
                                 const Code& code) {
  AppendUnsigned(functions_.bytes, type);
  ++functions_.count;
  AppendSized(bodies_.bytes, EncodeLocals(locals) + code.bytes() + kEnd);
  ++bodies_.count;
  return counts_[static_cast<int>(ExternKind::kFunction)]++;
}

uint32_t ModuleBuilder::Table(const TableType& type) {
  tables_.bytes += EncodeTable(type);
  ++tables_.count;
  return counts_[static_cast<int>(ExternKind::kTable)]++;
}

uint32_t ModuleBuilder::Table(const TableType& type, const Code& init) {
  tables_.bytes += '\x40';
  tables_.bytes += '\0';
  tables_.bytes += EncodeTable(type) + init.bytes() + kEnd;
  ++tables_.count;
  return counts_[static_cast<int>(ExternKind::kTable)]++;
}

uint32_t ModuleBuilder::Memory(const Limits& limits) {
  memories_.bytes += EncodeLimits(limits);
  ++memories_.count;
  return counts_[static_cast<int>(ExternKind::kMemory)]++;
}

uint32_t ModuleBuilder::Global(const GlobalType& type, const Code& init) {
  globals_.bytes += EncodeGlobal(type) + init.bytes() + kEnd;
  ++globals_.count;
  return counts_[static_cast<int>(ExternKind::kGlobal)]++;
}

uint32_t ModuleBuilder::Tag(uint32_t type) {
  tags_.bytes += EncodeTag(type);
  ++tags_.count;
  return counts_[static_cast<int>(ExternKind::kTag)]++;
}

void ModuleBuilder::Export(std::string_view name, ExternKind kind,
                           uint32_t index) {
  AppendSized(exports_.bytes, name);
  exports_.bytes += static_cast<char>(kind);
  AppendUnsigned(exports_.bytes, index);
  ++exports_.count;
}

uint32_t ModuleBuilder::AddElements(uint8_t flags, std::string_view prefix,
                                    const std::vector<uint32_t>& functions) {
  constexpr char kFunctions = '\0';
  elements_.bytes += static_cast<char>(flags);
  elements_.bytes += prefix;
  elements_.bytes += kFunctions;
  AppendUnsigned(elements_.bytes, functions.size());
  for (uint32_t function : functions) AppendUnsigned(elements_.bytes, function);
  return elements_.count++;
}

uint32_t ModuleBuilder::Elements(uint32_t table, const Code& offset,
                                 const std::vector<uint32_t>& functions) {
  return AddElements(2, EncodeIndex(table) + offset.bytes() + kEnd, functions);
}

uint32_t ModuleBuilder::PassiveElements(
    const std::vector<uint32_t>& functions) {
  return AddElements(1, "", functions);
}

uint32_t ModuleBuilder::DeclareElements(
    const std::vector<uint32_t>& functions) {
  return AddElements(3, "", functions);
}

uint32_t ModuleBuilder::AddElements(uint8_t flags, std::string_view prefix,
                                    ValueType type,
                                    const std::vector<Code>& elements) {
  elements_.bytes += static_cast<char>(flags);
  elements_.bytes += prefix;
  AppendValueType(elements_.bytes, type);
  AppendUnsigned(elements_.bytes, elements.size());
  for (const Code& element : elements) {
    elements_.bytes += element.bytes() + kEnd;
  }
  return elements_.count++;
}

uint32_t ModuleBuilder::Elements(uint32_t table, const Code& offset,
                                 ValueType type,
                                 const std::vector<Code>& elements) {
  return AddElements(6, EncodeIndex(table) + offset.bytes() + kEnd, type,
                     elements);
}

uint32_t ModuleBuilder::PassiveElements(ValueType type,
                                        const std::vector<Code>& elements) {
  return AddElements(5, "", type, elements);
}

uint32_t ModuleBuilder::Data(uint32_t memory, const Code& offset,
                             std::string_view bytes) {
  data_.bytes += '\x02' + EncodeIndex(memory) + offset.bytes() + kEnd;
  AppendSized(data_.bytes, bytes);
  return data_.count++;
}

uint32_t ModuleBuilder::PassiveData(std::string_view bytes) {
  data_.bytes += '\x01';
  AppendSized(data_.bytes, bytes);
  return data_.count++;
}

void ModuleBuilder::Custom(std::string_view name, std::string_view bytes) {
  custom_.emplace_back(name, bytes);
}

void ModuleBuilder::NameFunction(uint32_t function, std::string_view name) {
  AppendUnsigned(names_.bytes, function);
  AppendSized(names_.bytes, name);
  ++names_.count;
}

std::string ModuleBuilder::Build() const {
  std::string module("\0asm\1\0\0\0", 8);
  auto append = [&module](uint8_t id, const Entries& entries) {
    if (entries.count == 0) return;
    AppendSection(module, id, EncodeIndex(entries.count) + entries.bytes);
  };
  for (const auto& [name, bytes] : custom_) {
    if (name == "dylink.0") AppendCustom(module, name, bytes);
  }
  append(1, types_);
  append(2, imports_);
  append(3, functions_);
  append(4, tables_);
  append(5, memories_);
  append(13, tags_);
  append(6, globals_);
  append(7, exports_);
  if (start_) AppendSection(module, 8, EncodeIndex(*start_));
  append(9, elements_);
  if (data_.count > 0) AppendSection(module, 12, EncodeIndex(data_.count));
  append(10, bodies_);
  append(11, data_);
  for (const auto& [name, bytes] : custom_) {
    if (name != "dylink.0") AppendCustom(module, name, bytes);
  }
  if (names_.count > 0) {
    std::string names("\1");  // function names
    AppendSized(names, EncodeIndex(names_.count) + names_.bytes);
    AppendCustom(module, "name", names);
  }
  return module;
}

}  // namespace slipway::wasm
