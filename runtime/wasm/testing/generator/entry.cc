#include "runtime/wasm/testing/generator/entry.h"

#include <string>

#include "runtime/wasm/testing/generator/body.h"

namespace slipway::wasm {
namespace {

using enum Opcode;

class EntryMaker {
 public:
  EntryMaker(Plan& plan, std::string name) : plan_(plan) {
    made_.entry.name = std::move(name);
  }

  EntryCode Call(uint32_t function) {
    const FuncType type = plan_.function_type(function);
    for (const ValueType& param : type.params) AddParameter(param);
    made_.code.I32(kFuel).Op(kGlobalSet, kFuelGlobal);
    made_.code.Append(arguments_).Op(kCall, function);
    // Results come off the stack last first.
    std::vector<uint32_t> locals;
    for (size_t i = 0; i < type.results.size(); ++i) {
      locals.push_back(AddLocal(type.results[i]));
    }
    for (size_t i = locals.size(); i-- > 0;) made_.code.LocalSet(locals[i]);
    for (size_t i = 0; i < type.results.size(); ++i) {
      Return(type.results[i], Code().LocalGet(locals[i]));
    }
    return Finish();
  }

  EntryCode State() {
    for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
      if (i == kFuelGlobal) continue;
      Return(plan_.globals[i].value, Code().Op(kGlobalGet, i));
    }
    for (uint32_t i = 0; i < plan_.tables.size(); ++i) ReturnTable(i);
    return Finish();
  }

 private:
  // A parameter of the entry, pushed by `arguments_`.
  void Argument(ValueType type) {
    arguments_.LocalGet(static_cast<uint32_t>(made_.entry.params.size()));
    made_.entry.params.push_back(type);
  }

  void AddParameter(ValueType type) {
    switch (type.kind()) {
      case ValueType::kI32:
      case ValueType::kI64:
        return Argument(type);
      case ValueType::kF32:
        Argument(ValueType::kI32);
        arguments_.Op(kF32ReinterpretI32);
        return;
      case ValueType::kF64:
        Argument(ValueType::kI64);
        arguments_.Op(kF64ReinterpretI64);
        return;
      case ValueType::kV128:
        Argument(ValueType::kI64);
        arguments_.Op(kI64x2Splat);
        Argument(ValueType::kI64);
        arguments_.Op(kI64x2ReplaceLane, 1);
        return;
      default:
        AddReference(type);
    }
  }

  void AddReference(ValueType type) {
    if (type.heap() == HeapType::kExtern) {
      Argument(ValueType::kI32);
      arguments_.I32(7).Op(kI32And).Op(kCall, kHostRef);
    } else if (type.heap() == HeapType::kExn) {
      arguments_.RefNull(type.heap());
    } else if (!type.nullable()) {
      arguments_.Op(kRefFunc, kHostFunctionCount);
    } else {
      arguments_.RefNull(type.heap()).Op(kRefFunc, kHostFunctionCount);
      Argument(ValueType::kI32);
      arguments_.SelectTyped(type);
    }
  }

  void AddResult(ValueType type, const Code& value) {
    made_.entry.results.push_back(type);
    made_.code.Append(value);
  }

  void Return(ValueType type, const Code& value) {
    switch (type.kind()) {
      case ValueType::kI32:
      case ValueType::kI64:
        return AddResult(type, value);
      case ValueType::kF32:
      case ValueType::kF64: {
        const bool narrow = type.kind() == ValueType::kF32;
        Code bits = value;
        AppendCanonicalise(type.kind(), false, AddLocal(type), bits);
        bits.Op(narrow ? kI32ReinterpretF32 : kI64ReinterpretF64);
        return AddResult(narrow ? ValueType::kI32 : ValueType::kI64, bits);
      }
      case ValueType::kV128:
        for (const int lane : {0, 1}) {
          AddResult(ValueType::kI64, Code(value).Op(kI64x2ExtractLane, lane));
        }
        return;
      default:
        if (type.heap() == HeapType::kExtern) {
          AddResult(ValueType::kI32, Code(value).Op(kCall, kHostId));
        } else {
          AddResult(ValueType::kI32, Code(value).Op(kRefIsNull));
        }
    }
  }

  // hash = 1; for (i = 0; i < size; ++i) hash = 3 * hash + (table[i] == null)
  void ReturnTable(uint32_t table) {
    const bool is64 = plan_.tables[table].type.limits.is64;
    const ValueType index_type =
        is64 ? ValueType(ValueType::kI64) : ValueType(ValueType::kI32);
    AddResult(index_type, Code().Op(kTableSize, table));
    const uint32_t index = AddLocal(index_type);
    const uint32_t hash = AddLocal(ValueType::kI32);
    Code loop;
    loop.I32(1).LocalSet(hash);
    loop.Block(kLoop);
    loop.LocalGet(hash).I32(3).Op(kI32Mul).LocalGet(index);
    loop.Op(kTableGet, table).Op(kRefIsNull).Op(kI32Add).LocalSet(hash);
    loop.LocalGet(index);
    if (is64) {
      loop.I64(1).Op(kI64Add);
    } else {
      loop.I32(1).Op(kI32Add);
    }
    loop.Op(kLocalTee, index).Op(kTableSize, table);
    loop.Op(is64 ? kI64LtU : kI32LtU).Op(kBrIf, 0).End();
    AddResult(ValueType::kI32, loop.LocalGet(hash));
  }

  // Locals are numbered after all parameters, which are known by then.
  uint32_t AddLocal(ValueType type) {
    made_.locals.push_back(type);
    return static_cast<uint32_t>(made_.entry.params.size() +
                                 made_.locals.size() - 1);
  }

  EntryCode Finish() {
    made_.type = plan_.Intern({made_.entry.params, made_.entry.results});
    return std::move(made_);
  }

  Plan& plan_;
  EntryCode made_;
  Code arguments_;
};

}  // namespace

EntryCode MakeEntry(Plan& plan, uint32_t body) {
  return EntryMaker(plan, "f" + std::to_string(body))
      .Call(kHostFunctionCount + body);
}

EntryCode MakeStateEntry(Plan& plan) {
  return EntryMaker(plan, "state").State();
}

}  // namespace slipway::wasm
