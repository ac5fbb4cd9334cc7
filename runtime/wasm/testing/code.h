// Assembles instructions for tests, one Op() per operator; the immediates that
// it takes and how they are encoded follow from opcode.def.
//
//   Code code;
//   code.Block(Opcode::kBlock, ValueType::kI64)
//       .Op(Opcode::kLocalGet, 0)
//       .Op(Opcode::kI64Load, 16)             // static offset; memory 0
//       .Op(Opcode::kI64Const, -1)
//       .Op(Opcode::kI64Add)
//       .End();
//
// Nothing is checked, so that tests can assemble wrong code as well.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_CODE_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_CODE_H_

#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wasm/instruction.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

class Code {
 public:
  // The operator with its immediates in the text format's order:
  //   indices, labels    Op(kCall, 3), Op(kCallIndirect, type, table)
  //   copies             Op(kMemoryCopy, destination, source)
  //   from segments      Op(kMemoryInit, segment, memory)
  //   memory accesses    Op(kI64Load), Op(kI64Load, offset),
  //                      Op(kI64Load, offset, memory), natural alignment;
  //                      Op(kV128Load8Lane, offset, memory, lane)
  //   constants, lanes   Op(kI32Const, -1), Op(kI8x16ExtractLaneS, 15)
  // Missing immediates are 0. Operators with other immediates have methods of
  // their own below.
  template <typename... Immediates>
  Code& Op(Opcode op, Immediates... immediates) {
    return Append(op, {static_cast<int64_t>(immediates)...});
  }
  // A memory access with an explicit alignment (log2 bytes).
  Code& Access(Opcode op, uint32_t alignment, uint64_t offset,
               uint32_t memory = 0);

  Code& I32(int32_t value) { return Op(Opcode::kI32Const, value); }
  Code& I64(int64_t value) { return Op(Opcode::kI64Const, value); }
  Code& F32(float value) { return F32Bits(std::bit_cast<uint32_t>(value)); }
  Code& F64(double value) { return F64Bits(std::bit_cast<uint64_t>(value)); }
  Code& F32Bits(uint32_t bits);
  Code& F64Bits(uint64_t bits);
  Code& V128(const std::array<uint8_t, 16>& bytes);
  Code& Shuffle(const std::array<uint8_t, 16>& lanes);
  Code& LocalGet(uint32_t local) { return Op(Opcode::kLocalGet, local); }
  Code& LocalSet(uint32_t local) { return Op(Opcode::kLocalSet, local); }
  Code& End() { return Op(Opcode::kEnd); }

  // kBlock, kLoop or kIf: without parameters or results, with one result, or
  // with a type's.
  Code& Block(Opcode op);
  Code& Block(Opcode op, ValueType::Kind result) {
    return Block(op, ValueType(result));
  }
  Code& Block(Opcode op, ValueType result);
  Code& BlockOfType(Opcode op, uint32_t type_index);
  // try_table without parameters or results, or with a type's.
  Code& TryTable(const std::vector<CatchClause>& catches);
  Code& TryTableOfType(uint32_t type_index,
                       const std::vector<CatchClause>& catches);

  Code& BrTable(const std::vector<uint32_t>& targets, uint32_t fallback);
  Code& SelectTyped(ValueType type);
  Code& RefNull(HeapType heap);

  // Bytes as they are.
  Code& Raw(std::initializer_list<uint8_t> bytes);
  Code& Append(const Code& code);

  const std::string& bytes() const { return bytes_; }

 private:
  Code& Append(Opcode op, std::initializer_list<int64_t> immediates);
  void AppendOpcode(Opcode op);
  void AppendCatches(const std::vector<CatchClause>& catches);

  std::string bytes_;
};

// The binary format of types.
void AppendHeapType(std::string& to, HeapType heap);
void AppendValueType(std::string& to, ValueType type);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_CODE_H_
