#include "tests/differential/listing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/opcode.h"

namespace slipway::differential {
namespace {

using wasm::Immediate;
using wasm::Instruction;
using wasm::Opcode;

std::string Hex(const std::array<uint8_t, 16>& bytes) {
  std::string text;
  for (const uint8_t byte : bytes) absl::StrAppendFormat(&text, " %d", byte);
  return text;
}

std::string BlockTypes(const Instruction& instruction) {
  std::string text;
  for (const wasm::ValueType type : instruction.block.params()) {
    absl::StrAppend(&text, " (param ", type.ToString(), ")");
  }
  for (const wasm::ValueType type : instruction.block.results()) {
    absl::StrAppend(&text, " (result ", type.ToString(), ")");
  }
  return text;
}

std::string Immediates(const Instruction& instruction) {
  switch (wasm::GetOpcodeInfo(instruction.op).immediate) {
    case Immediate::kNone:
    case Immediate::kFence:
      return "";
    case Immediate::kBlock:
      return BlockTypes(instruction);
    case Immediate::kTryTable: {
      std::string text = BlockTypes(instruction);
      for (const wasm::CatchClause& clause : instruction.catches) {
        absl::StrAppendFormat(&text, " (catch kind=%d tag=%d label=%d)",
                              static_cast<int>(clause.kind), clause.tag,
                              clause.label);
      }
      return text;
    }
    case Immediate::kLabelTable: {
      std::string text;
      for (const uint32_t target : instruction.targets) {
        absl::StrAppend(&text, " ", target);
      }
      return text;
    }
    case Immediate::kSelectTypes:
    case Immediate::kHeapType:
      return " " + instruction.type.ToString();
    case Immediate::kMemArg:
      return absl::StrFormat(" memory=%d offset=%d align=%d", instruction.index,
                             instruction.memory_offset,
                             uint64_t{1} << instruction.alignment);
    case Immediate::kMemArgLane:
      return absl::StrFormat(" memory=%d offset=%d lane=%d", instruction.index,
                             instruction.memory_offset, instruction.lane);
    case Immediate::kI32:
      return absl::StrCat(" ", instruction.i32);
    case Immediate::kI64:
      return absl::StrCat(" ", instruction.i64);
    case Immediate::kF32:
      return absl::StrFormat(" bits %#x", instruction.f32_bits);
    case Immediate::kF64:
      return absl::StrFormat(" bits %#x", instruction.f64_bits);
    case Immediate::kV128:
    case Immediate::kShuffle:
      return Hex(instruction.v128);
    case Immediate::kLane:
      return absl::StrCat(" ", static_cast<int>(instruction.lane));
    case Immediate::kTypeTable:
    case Immediate::kTableTable:
    case Immediate::kElementTable:
    case Immediate::kMemoryMemory:
    case Immediate::kDataMemory:
      return absl::StrCat(" ", instruction.index, " ", instruction.index2);
    default:
      return absl::StrCat(" ", instruction.index);
  }
}

}  // namespace

std::string Listing(std::string_view bytes) {
  const auto module = wasm::DecodeModule(wasm::AsBytes(bytes));
  if (!module.ok()) return module.status().ToString() + "\n";
  std::string text;
  Instruction instruction;
  for (uint32_t i = 0; i < module->bodies.size(); ++i) {
    const uint32_t function = module->imported_functions + i;
    absl::StrAppend(&text, "function ", function, " ",
                    module->FunctionName(function), " ",
                    module->function_type(function).ToString(), "\n");
    wasm::FunctionReader reader(*module, function);
    while (reader.Next(instruction)) {
      const std::string_view name = wasm::OpcodeName(instruction.op);
      text.append(2 * reader.depth() + 2, ' ');
      text += name;
      text += Immediates(instruction) + "\n";
    }
    if (!reader.status().ok()) return text + reader.status().ToString() + "\n";
  }
  return text;
}

}  // namespace slipway::differential
