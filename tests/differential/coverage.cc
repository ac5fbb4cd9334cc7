#include "tests/differential/coverage.h"

#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"

namespace slipway::differential {
namespace {

using wasm::Instruction;
using wasm::Opcode;

bool IsJump(Opcode op) {
  switch (op) {
    case Opcode::kBr:
    case Opcode::kBrTable:
    case Opcode::kReturn:
    case Opcode::kReturnCall:
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef:
    case Opcode::kThrow:
    case Opcode::kThrowRef:
    case Opcode::kRethrow:
    case Opcode::kUnreachable:
      return true;
    default:
      return false;
  }
}

bool OpensBlock(Opcode op) {
  const wasm::Immediate immediate = wasm::GetOpcodeInfo(op).immediate;
  return immediate == wasm::Immediate::kBlock ||
         immediate == wasm::Immediate::kTryTable;
}

}  // namespace

void Coverage::Add(std::string_view bytes, std::string_view marks) {
  const auto module = wasm::DecodeModule(wasm::AsBytes(bytes));
  if (!module.ok()) return;
  const size_t mark_memory = module->memories.size() - 1;
  auto marked = [&](uint64_t mark) {
    return mark < marks.size() && marks[mark] == '1';
  };
  Instruction instruction;
  for (uint32_t i = 0; i < module->bodies.size(); ++i) {
    std::vector<Opcode> pending;
    // Of where each block was entered: who gets past a block entered it.
    std::vector<std::vector<Opcode>> entered;
    bool after_mark = false;
    wasm::FunctionReader reader(*module, module->imported_functions + i);
    while (reader.Next(instruction)) {
      const Opcode op = instruction.op;
      if (after_mark && IsJump(op)) {
        executed_.set(static_cast<size_t>(op));
      }
      after_mark = false;
      if (op == Opcode::kI32Store8 && instruction.index == mark_memory) {
        after_mark = marked(instruction.memory_offset);
        for (const Opcode before : pending) {
          if (after_mark) executed_.set(static_cast<size_t>(before));
        }
        pending.clear();
      } else if ((op == Opcode::kEnd || op == Opcode::kDelegate) &&
                 !entered.empty()) {
        pending = std::move(entered.back());
        entered.pop_back();
      } else if (op == Opcode::kElse || op == Opcode::kCatch ||
                 op == Opcode::kCatchAll) {
        pending = entered.back();
      } else if (IsJump(op)) {
        pending.clear();
        continue;
      }
      pending.push_back(op);
      if (OpensBlock(op)) entered.push_back(pending);
    }
  }
}

std::vector<std::string> Coverage::Missing() const {
  std::vector<std::string> missing;
  for (uint32_t i = 0; i < wasm::kOpcodeCount; ++i) {
    if (executed_[i]) continue;
    missing.emplace_back(wasm::OpcodeName(static_cast<Opcode>(i)));
  }
  return missing;
}

}  // namespace slipway::differential
