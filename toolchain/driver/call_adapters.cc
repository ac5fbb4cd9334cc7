#include "toolchain/driver/call_adapters.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/section_rewriter.h"

namespace slipway::toolchain {
namespace {

using wasm::FuncType;
using wasm::Opcode;
using wasm::ValueType;

constexpr char kMessage[] = "function signature mismatch: ";
constexpr char kStubPrefix[] = "signature_mismatch:";

void Append(std::string& code, std::initializer_list<Opcode> opcodes) {
  for (const Opcode opcode : opcodes) {
    code += static_cast<char>(wasm::GetOpcodeInfo(opcode).code);
  }
}

void AppendIndexed(std::string& code, Opcode opcode, uint32_t index) {
  Append(code, {opcode});
  wasm::AppendUnsigned(code, index);
}

bool IsInteger(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kI64;
}

bool IsFloat(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64;
}

bool SameClass(ValueType a, ValueType b) {
  return IsInteger(a) == IsInteger(b);
}

bool CanAdapt(const FuncType& type) {
  const auto all_numbers = [](const std::vector<ValueType>& types) {
    for (const ValueType each : types) {
      if (!IsInteger(each) && !IsFloat(each)) return false;
    }
    return true;
  };
  return type.results.size() <= 1 && all_numbers(type.params) &&
         all_numbers(type.results);
}

void AppendZero(std::string& code, ValueType type) {
  if (type == ValueType::kI32) AppendIndexed(code, Opcode::kI32Const, 0);
  if (type == ValueType::kI64) AppendIndexed(code, Opcode::kI64Const, 0);
  if (type == ValueType::kF32) {
    Append(code, {Opcode::kF32Const});
    code.append(4, '\0');
  }
  if (type == ValueType::kF64) {
    Append(code, {Opcode::kF64Const});
    code.append(8, '\0');
  }
}

// What a register that holds a `from` is when it is read as a `to`.
// Precondition: both are of one class.
void AppendConversion(std::string& code, ValueType from, ValueType to) {
  if (from == to) return;
  if (to == ValueType::kI64) Append(code, {Opcode::kI64ExtendI32U});
  if (to == ValueType::kI32) Append(code, {Opcode::kI32WrapI64});
  if (to == ValueType::kF64) {
    Append(code, {Opcode::kI32ReinterpretF32, Opcode::kI64ExtendI32U,
                  Opcode::kF64ReinterpretI64});
  }
  if (to == ValueType::kF32) {
    Append(code, {Opcode::kI64ReinterpretF64, Opcode::kI32WrapI64,
                  Opcode::kF32ReinterpretI32});
  }
}

// The index of the argument that is in the register of parameter `index`.
std::optional<uint32_t> ArgumentFor(const FuncType& caller,
                                    const FuncType& callee, uint32_t index) {
  const ValueType type = callee.params[index];
  uint32_t before = 0;  // parameters of the same class
  for (uint32_t i = 0; i < index; ++i) {
    before += SameClass(callee.params[i], type);
  }
  for (uint32_t i = 0; i < caller.params.size(); ++i) {
    if (SameClass(caller.params[i], type) && before-- == 0) return i;
  }
  return std::nullopt;
}

std::string AdapterBody(const FuncType& caller, const FuncType& callee,
                        uint32_t function) {
  std::string body(1, '\0');  // no local declarations
  for (uint32_t i = 0; i < callee.params.size(); ++i) {
    const std::optional<uint32_t> argument = ArgumentFor(caller, callee, i);
    if (!argument.has_value()) {
      AppendZero(body, callee.params[i]);
      continue;
    }
    AppendIndexed(body, Opcode::kLocalGet, *argument);
    AppendConversion(body, caller.params[*argument], callee.params[i]);
  }
  AppendIndexed(body, Opcode::kCall, function);
  const bool same = !caller.results.empty() && !callee.results.empty() &&
                    SameClass(caller.results[0], callee.results[0]);
  if (same) AppendConversion(body, callee.results[0], caller.results[0]);
  if (!same && !callee.results.empty()) Append(body, {Opcode::kDrop});
  if (!same && !caller.results.empty()) AppendZero(body, caller.results[0]);
  Append(body, {Opcode::kEnd});
  return body;
}

}  // namespace

std::vector<std::string> MismatchedFunctions(
    const std::string& linker_messages) {
  std::set<std::string> names;
  const std::vector<std::string> lines = absl::StrSplit(linker_messages, '\n');
  for (const std::string& line : lines) {
    const size_t at = line.find(kMessage);
    if (at == std::string::npos) continue;
    names.emplace(line.substr(at + sizeof(kMessage) - 1));
  }
  return {names.begin(), names.end()};
}

absl::StatusOr<std::string> AdaptCalls(const std::string& bytes) {
  const auto module = wasm::DecodeModule(wasm::AsBytes(bytes));
  if (!module.ok()) return module.status();
  std::map<uint32_t, std::string> bodies;
  for (uint32_t i = module->imported_functions;
       i < module->function_names.size(); ++i) {
    std::string_view name = module->function_names[i];
    if (!name.starts_with(kStubPrefix)) continue;
    name.remove_prefix(sizeof(kStubPrefix) - 1);
    const wasm::Export* const target =
        module->FindExport(name, wasm::ExternKind::kFunction);
    if (target == nullptr) continue;
    const FuncType& caller = module->function_type(i);
    const FuncType& callee = module->function_type(target->index);
    if (!CanAdapt(caller) || !CanAdapt(callee)) continue;
    bodies[i] = AdapterBody(caller, callee, target->index);
  }
  return wasm::ReplaceBodies(*module, bodies);
}

}  // namespace slipway::toolchain
