// Effective addresses: base + static offset is computed without wrapping, for
// every operator that accesses memory, up to the ends of both address widths.
// The operators come from the opcode table.

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::conformance {
namespace {

using engine::CallResult;
using engine::I32;
using engine::I64;
using engine::Instance;
using engine::World;
using object::TrapCode;
using wasm::Code;
using wasm::ExternKind;
using wasm::Immediate;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::OpcodeInfo;
using wasm::ValueType;

using Wide = unsigned __int128;

constexpr uint64_t kMemoryBytes = 2 * wasm::kPageSize;

std::vector<Opcode> Accesses() {
  std::vector<Opcode> found;
  for (uint32_t i = 0; i < wasm::kOpcodeCount; ++i) {
    const Immediate immediate = wasm::kOpcodeTable[i].immediate;
    if (immediate == Immediate::kMemArg ||
        immediate == Immediate::kMemArgLane) {
      found.push_back(static_cast<Opcode>(i));
    }
  }
  return found;
}

bool IsAtomic(Opcode op) { return wasm::GetOpcodeInfo(op).prefix == 0xfe; }
// The detail is the natural alignment, which is the size of the access; of
// those that extend on the way, too.
uint64_t Size(Opcode op) {
  return uint64_t{1} << wasm::GetOpcodeInfo(op).detail;
}

// Around every limit that the engine knows and those that it must not.
std::vector<uint64_t> Interesting(bool is64) {
  std::vector<uint64_t> values;
  for (uint64_t center :
       {uint64_t{0}, wasm::kPageSize, kMemoryBytes, uint64_t{1} << 31,
        uint64_t{1} << 32, uint64_t{1} << 33, uint64_t{1} << 40,
        (uint64_t{1} << 40) + (uint64_t{1} << 32), uint64_t{1} << 63}) {
    for (int64_t distance : {-16, -8, -1, 0, 1, 8}) {
      const uint64_t value = center + static_cast<uint64_t>(distance);
      if (is64 || value <= UINT32_MAX) values.push_back(value);
    }
  }
  return values;
}

std::vector<uint64_t> Offsets(bool is64) {
  std::vector<uint64_t> offsets = {
      0, 1, kMemoryBytes - 8, kMemoryBytes, UINT32_MAX - 15, UINT32_MAX};
  if (is64) {
    offsets.insert(offsets.end(), {uint64_t{1} << 32, (uint64_t{1} << 40) - 8,
                                   uint64_t{1} << 40, uint64_t{1} << 63,
                                   -uint64_t{16}, -uint64_t{8}, UINT64_MAX});
  }
  return offsets;
}

Code Zero(char letter) {
  switch (letter) {
    case 'i':
      return Code().I32(0);
    case 'l':
      return Code().I64(0);
    case 'f':
      return Code().F32(0);
    case 'd':
      return Code().F64(0);
    default:
      return Code().V128({});
  }
}

// (address) -> ()
Code AccessAt(Opcode op, uint64_t offset) {
  const OpcodeInfo& info = wasm::GetOpcodeInfo(op);
  Code code = Code().LocalGet(0);
  for (uint32_t i = 1; i < info.params.size(); ++i) {
    code.Append(Zero(info.params[i]));  // no timeout for a wait
  }
  code.Op(op, offset);
  // Nobody needs the value; the access traps all the same.
  if (info.results.size() != 0) code.Op(Opcode::kDrop);
  return code;
}

std::string ExportName(Opcode op, uint64_t offset) {
  return std::string(wasm::OpcodeName(op)) + "+" + std::to_string(offset);
}

class AddressingTest : public testing::TestWithParam<bool> {
 protected:
  object::Value Address(uint64_t address) const {
    return GetParam() ? I64(static_cast<int64_t>(address))
                      : I32(static_cast<int32_t>(address));
  }
  ValueType AddressType() const {
    return GetParam() ? ValueType::kI64 : ValueType::kI32;
  }

  void ExpectRightOutcome(const Instance& instance, Opcode op, uint64_t base,
                          uint64_t offset) {
    const CallResult result =
        world_.Call(instance, ExportName(op, offset), {Address(base)});
    const Wide effective = Wide{base} + offset;
    const bool inside = effective + Size(op) <= kMemoryBytes;
    const bool aligned = !IsAtomic(op) || effective % Size(op) == 0;
    const std::string what =
        ExportName(op, offset) + " at base " + std::to_string(base);
    if (inside && aligned) {
      EXPECT_TRUE(result.returned()) << what;
      return;
    }
    ASSERT_TRUE(result.trapped()) << what;
    // When both are wrong, either may be reported.
    if (aligned) {
      EXPECT_EQ(result.trap(), TrapCode::kMemoryOutOfBounds) << what;
    } else if (inside) {
      EXPECT_EQ(result.trap(), TrapCode::kUnalignedAtomic) << what;
    }
  }

  World world_;
};

TEST_P(AddressingTest, OffsetsDoNotWrap) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({AddressType()}, {});
  builder.Memory({.min = 2, .max = 2, .shared = true, .is64 = GetParam()});
  for (Opcode op : Accesses()) {
    for (uint64_t offset : Offsets(GetParam())) {
      builder.Export(ExportName(op, offset), ExternKind::kFunction,
                     builder.Function(type, AccessAt(op, offset)));
    }
  }
  const Instance& instance = world_.Instantiate(builder);
  for (Opcode op : Accesses()) {
    for (uint64_t offset : Offsets(GetParam())) {
      for (uint64_t base : Interesting(GetParam())) {
        ExpectRightOutcome(instance, op, base, offset);
      }
    }
  }
}

// A range of `size` at `at` fits `limit`.
bool Fits(uint64_t at, uint64_t size, uint64_t limit) {
  return Wide{at} + size <= limit;
}

// What Interesting has, and sizes that make up for it.
std::vector<std::pair<uint64_t, uint64_t>> Ranges(bool is64) {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (uint64_t at : Interesting(is64)) {
    for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{8}, -at, -at + 1,
                          -at + kMemoryBytes, uint64_t{UINT32_MAX}}) {
      if (is64 || size <= UINT32_MAX) ranges.emplace_back(at, size);
    }
  }
  return ranges;
}

TEST_P(AddressingTest, BulkRangesDoNotWrap) {
  ModuleBuilder builder;
  const uint32_t type =
      builder.Type({AddressType(), AddressType()}, {ValueType::kI32});
  const uint32_t init =
      builder.Type({AddressType(), ValueType::kI32}, {ValueType::kI32});
  builder.Memory({.min = 2, .max = 2, .is64 = GetParam()});
  const uint32_t data = builder.PassiveData("abcdefgh");
  const Code zero = GetParam() ? Code().I64(0) : Code().I32(0);
  auto add = [&](std::string_view name, uint32_t of, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(of, code));
  };
  add("fill", type,
      Code().LocalGet(0).I32(7).LocalGet(1).Op(Opcode::kMemoryFill).I32(0));
  add("copy to", type,
      Code()
          .LocalGet(0)
          .Append(zero)
          .LocalGet(1)
          .Op(Opcode::kMemoryCopy)
          .I32(0));
  add("copy from", type,
      Code()
          .Append(zero)
          .LocalGet(0)
          .LocalGet(1)
          .Op(Opcode::kMemoryCopy)
          .I32(0));
  add("init", init,
      Code()
          .LocalGet(0)
          .I32(0)
          .LocalGet(1)
          .Op(Opcode::kMemoryInit, data, 0)
          .I32(0));
  const Instance& instance = world_.Instantiate(builder);
  for (const auto& [at, size] : Ranges(GetParam())) {
    const std::string what =
        " " + std::to_string(at) + " size " + std::to_string(size);
    for (const char* function : {"fill", "copy to", "copy from"}) {
      const CallResult result =
          world_.Call(instance, function, {Address(at), Address(size)});
      EXPECT_EQ(result.returned(),
                Fits(at, size, kMemoryBytes) && size <= kMemoryBytes)
          << function << what;
    }
    if (size > UINT32_MAX) continue;
    const CallResult result = world_.Call(
        instance, "init", {Address(at), I32(static_cast<int32_t>(size))});
    EXPECT_EQ(result.returned(), Fits(at, size, kMemoryBytes) && size <= 8)
        << "init" << what;
  }
}

TEST_P(AddressingTest, TableRangesDoNotWrap) {
  constexpr uint64_t kElements = 10;
  ModuleBuilder builder;
  const uint32_t nothing = builder.Type({}, {});
  const uint32_t type =
      builder.Type({AddressType(), AddressType()}, {AddressType()});
  builder.Table({ValueType::FuncRef(),
                 {.min = kElements, .max = kElements, .is64 = GetParam()}});
  const uint32_t function = builder.Function(nothing, Code());
  builder.DeclareElements({function});
  const Code zero = GetParam() ? Code().I64(0) : Code().I32(0);
  auto add = [&](std::string_view name, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(type, code));
  };
  const Code null = Code().RefNull(wasm::HeapType::kFunc);
  add("fill", Code()
                  .LocalGet(0)
                  .Append(null)
                  .LocalGet(1)
                  .Op(Opcode::kTableFill)
                  .Append(zero));
  add("copy to", Code()
                     .LocalGet(0)
                     .Append(zero)
                     .LocalGet(1)
                     .Op(Opcode::kTableCopy)
                     .Append(zero));
  add("copy from", Code()
                       .Append(zero)
                       .LocalGet(0)
                       .LocalGet(1)
                       .Op(Opcode::kTableCopy)
                       .Append(zero));
  add("get", Code()
                 .LocalGet(0)
                 .Op(Opcode::kTableGet)
                 .Op(Opcode::kRefIsNull)
                 .Op(Opcode::kDrop)
                 .LocalGet(1));
  add("set", Code().LocalGet(0).Append(null).Op(Opcode::kTableSet).LocalGet(1));
  add("grow", Code().Append(null).LocalGet(0).Op(Opcode::kTableGrow));
  const Instance& instance = world_.Instantiate(builder);
  for (const auto& [at, size] : Ranges(GetParam())) {
    const std::string what =
        " " + std::to_string(at) + " size " + std::to_string(size);
    for (const char* name : {"fill", "copy to", "copy from"}) {
      const CallResult result =
          world_.Call(instance, name, {Address(at), Address(size)});
      EXPECT_EQ(result.returned(),
                Fits(at, size, kElements) && size <= kElements)
          << name << what;
    }
    for (const char* name : {"get", "set"}) {
      const CallResult result =
          world_.Call(instance, name, {Address(at), Address(size)});
      EXPECT_EQ(result.returned(), at < kElements) << name << what;
    }
    if (at == 0) continue;
    const CallResult grown =
        world_.Call(instance, "grow", {Address(at), Address(0)});
    ASSERT_TRUE(grown.returned());
    EXPECT_EQ(GetParam() ? grown.value.i64 : grown.value.i32, -1) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, AddressingTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "memory64" : "memory32";
                         });

}  // namespace
}  // namespace slipway::conformance
