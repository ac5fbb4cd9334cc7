#include "runtime/compiler/golden/shapes.h"

#include <utility>

#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using wasm::CatchClause;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;
constexpr ValueType kF64 = ValueType::kF64;
constexpr ValueType kV128 = ValueType::kV128;

using Types = std::vector<ValueType>;

// A module with a bit of everything that shapes use: function 0 is imported,
// function 1 is another of the same type, both i64 -> i64; memory 0 is a
// memory64 unless asked otherwise; table 0 and the mutable global 0 hold
// functions and an i64.
class ShapeModule {
 public:
  explicit ShapeModule(const wasm::Limits& memory = {.min = 1, .is64 = true}) {
    unary = builder.Type({kI64}, {kI64});
    builder.ImportFunction("env", "host", unary);
    builder.Memory(memory);
    builder.Table({.element = ValueType::FuncRef(), .limits = {.min = 4}});
    builder.Global({.value = kI64, .is_mutable = true}, Code().I64(0));
    builder.Function(unary, Code().LocalGet(0));
    builder.NameFunction(1, "callee");
  }

  Shape Finish(std::string name, std::string purpose, const Types& params,
               const Types& results, const Code& code) {
    const uint32_t function =
        builder.Function(builder.Type(params, results), code);
    builder.NameFunction(function, name);
    return {std::move(name), std::move(purpose), builder.Build(), function};
  }

  ModuleBuilder builder;
  uint32_t unary;  // i64 -> i64
};

// --- Memory.

std::vector<Shape> MemoryShapes() {
  Code fields;
  for (int i = 0; i < 4; ++i) {
    fields.LocalGet(0).LocalGet(1).Op(Opcode::kI64Store, 8 * i);
  }
  return {
      ShapeModule().Finish(
          "memory64_load", "One compare, one load; the offset costs nothing.",
          {kI64}, {kI64}, Code().LocalGet(0).Op(Opcode::kI64Load, 16)),
      ShapeModule().Finish("memory64_fields",
                           "Accesses to one base share one check.",
                           {kI64, kI64}, {}, fields),
      ShapeModule().Finish(
          "memory64_loop",
          "No check: the first address is clamped, the others are near.",
          {kI64, kI64, kI64}, {kI64},
          Code()
              .Block(Opcode::kLoop)
              .LocalGet(0)
              .Op(Opcode::kI64Load)
              .LocalGet(2)
              .Op(Opcode::kI64Add)
              .LocalSet(2)
              .LocalGet(0)
              .I64(8)
              .Op(Opcode::kI64Add)
              .Op(Opcode::kLocalTee, 0)
              .LocalGet(1)
              .Op(Opcode::kI64LtU)
              .Op(Opcode::kBrIf, 0)
              .End()
              .LocalGet(2)),
      ShapeModule({.min = 1})
          .Finish("memory32_load",
                  "No check: the reservation covers every address.", {kI32},
                  {kI64}, Code().LocalGet(0).Op(Opcode::kI64Load, 16)),
      ShapeModule({.min = 1, .max = 2, .shared = true, .is64 = true})
          .Finish("shared_memory_load", "As an unshared memory's.", {kI64},
                  {kI32}, Code().LocalGet(0).Op(Opcode::kI32Load8U, 3)),
      ShapeModule().Finish(
          "memory_copy", "Two bounds checks inline, then memmove.",
          {kI64, kI64, kI64}, {},
          Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(Opcode::kMemoryCopy)),
      ShapeModule().Finish(
          "memory_fill", "A bounds check inline, then memset.",
          {kI64, kI32, kI64}, {},
          Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(Opcode::kMemoryFill)),
      ShapeModule({.min = 1, .max = 2, .shared = true, .is64 = true})
          .Finish(
              "atomic_rmw", "One locked instruction after the checks.",
              {kI64, kI64}, {kI64},
              Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64AtomicRmwAdd, 8)),
      ShapeModule({.min = 1, .max = 2, .shared = true, .is64 = true})
          .Finish("atomic_load", "A plain load on x86-64 after the checks.",
                  {kI64}, {kI32},
                  Code().LocalGet(0).Op(Opcode::kI32AtomicLoad)),
  };
}

// --- Calls.

std::vector<Shape> CallShapes() {
  ShapeModule indirect, reference, tail_indirect;
  const uint32_t wide = tail_indirect.builder.Type({kI64, kI64, kF64}, {kI64});
  return {
      ShapeModule().Finish("call_direct", "A call; the context is passed on.",
                           {kI64}, {kI64},
                           Code()
                               .LocalGet(0)
                               .Op(Opcode::kCall, 1)
                               .LocalGet(0)
                               .Op(Opcode::kI64Add)),
      ShapeModule().Finish(
          "call_import", "Code and context from the import's slot.", {kI64},
          {kI64},
          Code().LocalGet(0).Op(Opcode::kCall, 0).I64(1).Op(Opcode::kI64Add)),
      indirect.Finish(
          "call_indirect",
          "Two checks, of the index and the type; no check for null.",
          {kI64, kI32}, {kI64},
          Code()
              .LocalGet(0)
              .LocalGet(1)
              .Op(Opcode::kCallIndirect, indirect.unary, 0)
              .I64(1)
              .Op(Opcode::kI64Add)),
      reference.Finish(
          "call_ref", "No check at all.",
          {kI64, ValueType::Ref(wasm::HeapType::Index(reference.unary), true)},
          {kI64},
          Code()
              .LocalGet(0)
              .LocalGet(1)
              .Op(Opcode::kCallRef, reference.unary)
              .I64(1)
              .Op(Opcode::kI64Add)),
      ShapeModule().Finish("tail_call", "A jump, and no frame.", {kI64}, {kI64},
                           Code().LocalGet(0).Op(Opcode::kReturnCall, 1)),
      tail_indirect.Finish("tail_call_other_type",
                           "A jump to a function of another type.",
                           {kI64, kI32}, {kI64},
                           Code().LocalGet(0).LocalGet(0).F64(1).LocalGet(1).Op(
                               Opcode::kReturnCallIndirect, wide, 0)),
      ShapeModule().Finish(
          "try_table", "The path without an exception is a plain call.", {kI64},
          {kI64},
          Code()
              .Block(Opcode::kBlock)
              .TryTable({{.kind = CatchClause::Kind::kCatchAll}})
              .LocalGet(0)
              .Op(Opcode::kCall, 1)
              .Op(Opcode::kReturn)
              .End()
              .Op(Opcode::kUnreachable)
              .End()
              .I64(-1)),
  };
}

// --- Control, variables, tables and numbers.

std::vector<Shape> ScalarShapes() {
  Code table;
  for (int i = 0; i < 5; ++i) table.Block(Opcode::kBlock);
  table.LocalGet(0).BrTable({0, 1, 2, 3}, 4);
  for (int i = 0; i < 5; ++i) {
    table.End().LocalGet(1).Op(Opcode::kCall, 0).LocalSet(1);
  }
  constexpr Opcode kStores[] = {Opcode::kI64Store, Opcode::kI64Store8,
                                Opcode::kI64Store16, Opcode::kI64Store32};
  Code dispatch;
  dispatch.Block(Opcode::kLoop);
  for (int i = 0; i < 5; ++i) dispatch.Block(Opcode::kBlock);
  dispatch.LocalGet(0).I64(4).Op(Opcode::kI64Add).LocalSet(0);
  dispatch.LocalGet(0).Op(Opcode::kI32Load).BrTable({0, 1, 2, 3}, 4);
  for (int i = 0; i < 4; ++i) {
    dispatch.End()
        .LocalGet(1)
        .LocalGet(0)
        .Op(kStores[i])
        .Op(Opcode::kBr, 4 - i);
  }
  dispatch.End().End();
  // A loop that counts down, as a compiler writes it whose language has goto.
  Code jumps;
  jumps.Block(Opcode::kLoop);
  for (int i = 0; i < 3; ++i) jumps.Block(Opcode::kBlock);
  jumps.LocalGet(1).BrTable({0, 1}, 2).End();
  jumps.LocalGet(0).Op(Opcode::kI64Eqz).Block(Opcode::kIf);
  jumps.I32(2).LocalSet(1).Op(Opcode::kBr, 3).End();
  jumps.I32(1).LocalSet(1).Op(Opcode::kBr, 2).End();
  jumps.LocalGet(0).Op(Opcode::kCall, 0).LocalSet(0);
  jumps.I32(0).LocalSet(1).Op(Opcode::kBr, 1).End().End();
  return {
      ShapeModule().Finish("br_table", "One bounds check and a jump table.",
                           {kI32, kI64}, {kI64}, table.LocalGet(1)),
      ShapeModule().Finish("dispatch_loop",
                           "In a loop, each case begins a line of the cache.",
                           {kI64, kI64}, {}, dispatch),
      ShapeModule().Finish("dispatch_jumps",
                           "A jump through a dispatch goes to its case.",
                           {kI64, kI32}, {}, jumps),
      ShapeModule().Finish("global_add", "A global is a field of the context.",
                           {kI64}, {},
                           Code()
                               .Op(Opcode::kGlobalGet, 0)
                               .LocalGet(0)
                               .Op(Opcode::kI64Add)
                               .Op(Opcode::kGlobalSet, 0)),
      ShapeModule().Finish(
          "table_get", "A check against the table's size, then a load.", {kI32},
          {ValueType::FuncRef()}, Code().LocalGet(0).Op(Opcode::kTableGet)),
      ShapeModule().Finish(
          "division", "Checks for zero and for overflow, then the division.",
          {kI64, kI64}, {kI64},
          Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64DivS)),
      ShapeModule().Finish(
          "truncation", "NaN and range are checked before converting.", {kF64},
          {kI32}, Code().LocalGet(0).Op(Opcode::kI32TruncF64S)),
      ShapeModule().Finish("compare_and_branch",
                           "A comparison is branched on as it is.",
                           {kI64, kI64}, {kI64},
                           Code()
                               .LocalGet(0)
                               .LocalGet(1)
                               .Op(Opcode::kI64LtS)
                               .Block(Opcode::kIf, kI64)
                               .LocalGet(0)
                               .Op(Opcode::kCall, 1)
                               .Op(Opcode::kElse)
                               .LocalGet(1)
                               .End()),
  };
}

// --- Vectors: one operator of each family.

Shape BinaryVector(std::string name, std::string purpose, Opcode op) {
  return ShapeModule().Finish(std::move(name), std::move(purpose),
                              {kV128, kV128}, {kV128},
                              Code().LocalGet(0).LocalGet(1).Op(op));
}

std::vector<Shape> VectorShapes() {
  return {
      BinaryVector("simd_add", "One instruction.", Opcode::kI32x4Add),
      BinaryVector("simd_compare", "One instruction.", Opcode::kI16x8GtS),
      BinaryVector("simd_multiply", "One instruction.", Opcode::kF32x4Mul),
      BinaryVector("simd_minimum", "Both orders of minps, and NaNs made quiet.",
                   Opcode::kF32x4Min),
      BinaryVector("simd_narrow", "One instruction.",
                   Opcode::kI8x16NarrowI16x8S),
      BinaryVector("simd_dot", "One instruction.", Opcode::kI32x4DotI16x8S),
      BinaryVector("simd_swizzle", "Two instructions.", Opcode::kI8x16Swizzle),
      BinaryVector("simd_saturate", "One instruction.", Opcode::kI8x16AddSatU),
      ShapeModule().Finish("simd_madd", "One fused instruction.",
                           {kV128, kV128, kV128}, {kV128},
                           Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(
                               Opcode::kF32x4RelaxedMadd)),
      ShapeModule().Finish("simd_bitmask", "One instruction.", {kV128}, {kI32},
                           Code().LocalGet(0).Op(Opcode::kI8x16Bitmask)),
      ShapeModule().Finish(
          "simd_splat_load", "The load is part of the broadcast.", {kI64},
          {kV128}, Code().LocalGet(0).Op(Opcode::kV128Load32Splat)),
      ShapeModule().Finish(
          "simd_convert", "One instruction.", {kV128}, {kV128},
          Code().LocalGet(0).Op(Opcode::kF64x2ConvertLowI32x4S)),
  };
}

}  // namespace

std::vector<Shape> AllShapes() {
  std::vector<Shape> all;
  for (const auto& shapes :
       {MemoryShapes(), CallShapes(), ScalarShapes(), VectorShapes()}) {
    all.insert(all.end(), shapes.begin(), shapes.end());
  }
  return all;
}

}  // namespace slipway::compiler
