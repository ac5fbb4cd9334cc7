#include "runtime/cli/features.h"

#include <vector>

#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/opcode.h"

namespace slipway::cli {
namespace {

using wasm::Opcode;
using wasm::OpcodeInfo;

// 0xfc: conversions, then memory and table operators.
std::string_view MiscFeature(uint32_t code) {
  constexpr uint32_t kFirstBulk = 8, kFirstTable = 15;
  if (code < kFirstBulk) return "nontrapping-fptoint";
  return code < kFirstTable ? "bulk-memory" : "reference-types";
}

std::string_view PlainFeature(uint32_t code) {
  switch (code) {
    case 0x06:  // try
    case 0x07:  // catch
    case 0x09:  // rethrow
    case 0x18:  // delegate
    case 0x19:  // catch_all
      return "legacy-exceptions";
    case 0x08:  // throw
    case 0x0a:  // throw_ref
    case 0x1f:  // try_table
      return "exception-handling";
    case 0x12:  // return_call
    case 0x13:  // return_call_indirect
      return "tail-call";
    case 0x15:  // return_call_ref
    case 0x14:  // call_ref
    case 0xd4:  // ref.as_non_null
    case 0xd5:  // br_on_null
    case 0xd6:  // br_on_non_null
      return "function-references";
    case 0x1c:  // select with types
    case 0x25:  // table.get
    case 0x26:  // table.set
    case 0xd0:  // ref.null
    case 0xd1:  // ref.is_null
    case 0xd2:  // ref.func
      return "reference-types";
    default:
      return code >= 0xc0 && code <= 0xc4 ? "sign-extension" : "";
  }
}

// Empty for the operators of WebAssembly 1.0.
std::string_view OpcodeFeature(const OpcodeInfo& info) {
  constexpr uint32_t kFirstRelaxed = 0x100;
  switch (info.prefix) {
    case 0xfc:
      return MiscFeature(info.code);
    case 0xfd:
      return info.code >= kFirstRelaxed ? "relaxed-simd" : "simd";
    case 0xfe:
      return "threads";
    default:
      return PlainFeature(info.code);
  }
}

void AddDeclared(const wasm::Module& module, FeatureSet& features) {
  for (const wasm::MemoryType& memory : module.memories) {
    if (memory.limits.is64) features.insert("memory64");
    if (memory.limits.shared) features.insert("threads");
  }
  for (const wasm::Table& table : module.tables) {
    if (table.type.limits.is64) features.insert("memory64");
  }
  if (module.memories.size() > 1) features.insert("multi-memory");
  if (module.tables.size() > 1) features.insert("reference-types");
  if (!module.tags.empty()) features.insert("exception-handling");
  if (module.data_count.has_value()) features.insert("bulk-memory");
  for (const wasm::FuncType& type : module.types) {
    if (type.results.size() > 1) features.insert("multi-value");
  }
  for (uint32_t i = 0; i < module.imported_globals; ++i) {
    if (module.globals[i].type.is_mutable) features.insert("mutable-globals");
  }
  if (module.dylink.has_value()) features.insert("dylink.0");
}

}  // namespace

absl::Status FindFeatures(const wasm::Module& module, FeatureSet& features) {
  AddDeclared(module, features);
  std::vector<bool> seen(wasm::kOpcodeCount);
  wasm::Instruction instruction;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    wasm::FunctionReader reader(module, module.imported_functions + i);
    while (reader.Next(instruction)) {
      seen[static_cast<size_t>(instruction.op)] = true;
    }
    if (!reader.status().ok()) return reader.status();
  }
  for (uint32_t op = 0; op < wasm::kOpcodeCount; ++op) {
    if (!seen[op]) continue;
    const std::string_view feature =
        OpcodeFeature(wasm::GetOpcodeInfo(static_cast<Opcode>(op)));
    if (!feature.empty()) features.insert(feature);
  }
  return absl::OkStatus();
}

}  // namespace slipway::cli
