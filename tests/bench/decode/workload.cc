#include "tests/bench/decode/workload.h"

#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/sections.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::bench {
namespace {

using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;
constexpr uint32_t kType = 0;  // of all functions: (i64, i32) -> (i32)

// Functions of locals 0 to 5, of type i64 when even and i32 when odd.
class FunctionGenerator {
 public:
  explicit FunctionGenerator(uint32_t seed) : random_(seed) {}

  // `functions`: that may be called.
  Code Generate(uint32_t functions) {
    functions_ = functions;
    code_ = Code();
    const uint32_t statements = 5 + Below(60);
    for (uint32_t i = 0; i < statements; ++i) Statement(/*depth=*/0);
    code_.LocalGet(I32Local());
    return code_;
  }

 private:
  uint32_t Below(uint32_t bound) { return random_() % bound; }
  uint32_t I64Local() { return 2 * Below(3); }
  uint32_t I32Local() { return 2 * Below(3) + 1; }

  void Statement(uint32_t depth) {
    constexpr uint32_t kMaxDepth = 5;
    switch (Below(depth < kMaxDepth ? 10 : 7)) {
      case 0:
      case 1:
        I64();
        code_.LocalSet(I64Local());
        return;
      case 2:
      case 3:
        I32();
        code_.Op(Opcode::kLocalTee, I32Local()).LocalSet(I32Local());
        return;
      case 4:
        code_.LocalGet(I64Local()).LocalGet(I32Local());
        code_.Op(Opcode::kI32Store, Below(512));
        return;
      case 5:
        code_.LocalGet(I64Local()).LocalGet(I64Local());
        code_.Op(Opcode::kI64Store, Below(64));
        return;
      case 6:
        code_.LocalGet(I64Local()).LocalGet(I32Local());
        code_.Op(Opcode::kCall, Below(functions_)).LocalSet(I32Local());
        return;
      case 7:
        Condition();
        code_.Block(Opcode::kIf);
        Nested(depth);
        code_.Op(Opcode::kElse);
        Nested(depth);
        code_.End();
        return;
      case 8:
        code_.Block(Opcode::kLoop);
        Nested(depth);
        Condition();
        code_.Op(Opcode::kBrIf, 0).End();
        return;
      default:
        code_.Block(Opcode::kBlock);
        Condition();
        code_.Op(Opcode::kBrIf, 0);
        Nested(depth);
        code_.End();
    }
  }

  void Nested(uint32_t depth) {
    for (uint32_t i = Below(4); i > 0; --i) Statement(depth + 1);
  }

  void Condition() {
    code_.LocalGet(I32Local()).LocalGet(I32Local()).Op(Opcode::kI32LtU);
  }

  void I64() {
    code_.LocalGet(I64Local());
    if (Below(2) == 0) {
      code_.I64(static_cast<int32_t>(random_()) >> Below(32));
    } else {
      code_.LocalGet(I32Local()).Op(Opcode::kI64ExtendI32U);
    }
    code_.Op(Below(2) == 0 ? Opcode::kI64Add : Opcode::kI64Shl);
  }

  void I32() {
    code_.LocalGet(I64Local()).Op(Opcode::kI32Load, Below(1024));
    code_.I32(static_cast<int32_t>(random_()) >> Below(32));
    code_.Op(Below(2) == 0 ? Opcode::kI32And : Opcode::kI32Add);
  }

  std::minstd_rand random_;
  uint32_t functions_ = 1;
  Code code_;
};

std::string_view ToText(wasm::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void AppendSection(std::string& to, wasm::SectionId id,
                   std::string_view bytes) {
  to += static_cast<char>(id);
  wasm::AppendSized(to, bytes);
}

}  // namespace

std::string GenerateModule(size_t size) {
  ModuleBuilder builder;
  builder.Type({kI64, kI32}, {kI32});
  builder.Memory({.min = 16, .max = 16, .shared = true, .is64 = true});
  FunctionGenerator generator(/*seed=*/1);
  size_t bytes = 0;
  for (uint32_t functions = 1; bytes < size; ++functions) {
    const Code code = generator.Generate(functions);
    builder.Function(kType, {kI64, kI32, kI64, kI32}, code);
    bytes += code.bytes().size();
  }
  return builder.Build();
}

absl::StatusOr<std::string> RepeatFunctions(wasm::Bytes module, size_t size) {
  const absl::StatusOr<wasm::Module> decoded = wasm::DecodeModule(module);
  if (!decoded.ok()) return decoded.status();
  size_t code = 0;
  for (const wasm::FunctionBody& body : decoded->bodies) {
    code += body.bytes.size();
  }
  if (code == 0) return absl::InvalidArgumentError("the module has no code");
  const size_t copies = (size + code - 1) / code;
  const size_t defined = decoded->bodies.size();
  std::string types, bodies;
  wasm::AppendUnsigned(types, copies * defined);
  wasm::AppendUnsigned(bodies, copies * defined);
  for (size_t i = 0; i < copies * defined; ++i) {
    wasm::AppendUnsigned(
        types, decoded->functions[decoded->imported_functions + i % defined]);
    wasm::AppendSized(bodies, ToText(decoded->bodies[i % defined].bytes));
  }
  std::string result(ToText(module.first(8)));
  wasm::ByteReader reader(module.subspan(8), 8);
  while (!reader.AtEnd()) {
    uint8_t id;
    uint32_t length;
    wasm::Bytes contents;
    reader.ReadByte(id);
    reader.ReadU32(length);
    reader.ReadBytes(length, contents);
    const auto section = static_cast<wasm::SectionId>(id);
    if (section == wasm::SectionId::kCustom) continue;
    AppendSection(result, section,
                  section == wasm::SectionId::kFunction ? types
                  : section == wasm::SectionId::kCode   ? bodies
                                                        : ToText(contents));
  }
  return result;
}

}  // namespace slipway::bench
