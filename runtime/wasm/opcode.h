// The operators of WebAssembly, as data. Everything here is expanded from
// opcode.def, the only place that lists them.
//
//   const OpcodeInfo& info = GetOpcodeInfo(Opcode::kI32Add);
//   info.name              // "i32.add"
//   info.params.size()     // 2
//
// Thread safety: constants only.

#ifndef SLIPWAY_RUNTIME_WASM_OPCODE_H_
#define SLIPWAY_RUNTIME_WASM_OPCODE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::wasm {

// Dense, in the order of opcode.def; not the binary encoding.
enum class Opcode : uint16_t {
#define OP(name, ...) k##name,
#include "runtime/wasm/opcode.def"
};

inline constexpr uint32_t kOpcodeCount = 0
#define OP(...) +1
#include "runtime/wasm/opcode.def"
    ;

// What follows the opcode in the binary format, and so which fields of
// Instruction are meaningful.
enum class Immediate : uint8_t {
  kNone,
  kBlock,         // block
  kLabel,         // index: relative depth
  kLabelTable,    // targets, the default last
  kFunction,      // index
  kType,          // index
  kTypeTable,     // index: type, index2: table
  kLocal,         // index
  kGlobal,        // index
  kTable,         // index
  kTableTable,    // index: destination, index2: source
  kElement,       // index
  kElementTable,  // index: table, index2: element segment
  kMemory,        // index
  kMemoryMemory,  // index: destination, index2: source
  kData,          // index
  kDataMemory,    // index: memory, index2: data segment
  kTag,           // index
  kTryTable,      // block, catches
  kSelectTypes,   // type
  kHeapType,      // type: the nullable reference
  kMemArg,        // index: memory, offset, alignment
  kMemArgLane,    // the same, and lane
  kI32,           // i32
  kI64,           // i64
  kF32,           // f32_bits
  kF64,           // f64_bits
  kV128,          // v128
  kShuffle,       // v128: sixteen lane numbers
  kLane,          // lane
  kFence,         // a zero byte
};

// The fixed operand or result types of an operator, as opcode.def's letters.
class Signature {
 public:
  constexpr Signature(std::string_view letters)
      : size_(static_cast<uint8_t>(letters.size())) {
    for (size_t i = 0; i < letters.size(); ++i) letters_[i] = letters[i];
  }
  constexpr uint32_t size() const { return size_; }
  constexpr char operator[](uint32_t i) const { return letters_[i]; }
  friend constexpr bool operator==(const Signature&,
                                   const Signature&) = default;
  // True for "*": typed by a rule of its own.
  constexpr bool special() const { return letters_[0] == '*'; }

 private:
  char letters_[3] = {};
  uint8_t size_;
};

struct OpcodeInfo {
  std::string_view name;
  uint8_t prefix;
  Immediate immediate;
  uint8_t detail;
  uint32_t code;
  Signature params;
  Signature results;
};

inline constexpr OpcodeInfo kOpcodeTable[] = {
#define OP(name, prefix, code, text, immediate, params, results, detail) \
  {text, prefix, Immediate::k##immediate, detail, code, {params}, {results}},
#include "runtime/wasm/opcode.def"
};

constexpr const OpcodeInfo& GetOpcodeInfo(Opcode op) {
  return kOpcodeTable[static_cast<uint32_t>(op)];
}

// The text format's name: "i32.add".
constexpr std::string_view OpcodeName(Opcode op) {
  return GetOpcodeInfo(op).name;
}

// The one-byte operators by encoding; kNoOpcode where there is none.
inline constexpr Opcode kNoOpcode{0xffff};
inline constexpr std::array<Opcode, 0x100> kPlainOpcodes = [] {
  std::array<Opcode, 0x100> opcodes = {};
  opcodes.fill(kNoOpcode);
  for (uint16_t op = 0; op < kOpcodeCount; ++op) {
    if (kOpcodeTable[op].prefix == 0) {
      opcodes[kOpcodeTable[op].code] = static_cast<Opcode>(op);
    }
  }
  return opcodes;
}();

// The operator with this encoding; prefix is 0 for one-byte operators.
std::optional<Opcode> FindOpcode(uint8_t prefix, uint32_t code);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_OPCODE_H_
