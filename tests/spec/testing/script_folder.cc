#include "tests/spec/testing/script_folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/wasm/testing/module_builder.h"

namespace slipway::spec {
namespace {

using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr wasm::Limits kSharedLimits = {.min = 1, .max = 1, .shared = true};

// Adds functions and exports them.
class Functions {
 public:
  explicit Functions(ModuleBuilder& builder) : builder_(builder) {}

  uint32_t Add(std::string_view name, std::vector<ValueType> params,
               std::vector<ValueType> results, const Code& code) {
    const uint32_t type = builder_.Type(params, results);
    const uint32_t function = builder_.Function(type, code);
    builder_.Export(name, ExternKind::kFunction, function);
    return function;
  }

 private:
  ModuleBuilder& builder_;
};

void AddTrapping(ModuleBuilder& builder, Functions& functions) {
  functions.Add("divide", {ValueType::kI32, ValueType::kI32}, {ValueType::kI32},
                Code().LocalGet(0).LocalGet(1).Op(Opcode::kI32DivS));
  functions.Add("load", {ValueType::kI32}, {ValueType::kI32},
                Code().LocalGet(0).Op(Opcode::kI32Load));
  functions.Add("unreachable", {}, {}, Code().Op(Opcode::kUnreachable));
  const uint32_t tag = builder.Tag(builder.Type({}, {}));
  functions.Add("throw", {}, {}, Code().Op(Opcode::kThrow, tag));
}

}  // namespace

std::string ScriptFolder::SuitePath(const std::string& parent) {
  const char* directory = std::getenv("TEST_TMPDIR");
  return std::string(directory == nullptr ? "/tmp" : directory) + "/" + parent;
}

ScriptFolder::ScriptFolder(const std::string& name, const std::string& parent)
    : name_(name), path_(SuitePath(parent) + "/" + name) {
  std::filesystem::create_directories(path_);
}

void ScriptFolder::Write(const std::string& file,
                         std::string_view content) const {
  std::ofstream(path_ + "/" + file, std::ios::binary) << content;
}

std::string ScriptFolder::WriteScript(std::string_view commands) const {
  const std::string file = name_ + ".json";
  Write(file, "{\"source_filename\": \"" + name_ + ".wast\", \"commands\": [" +
                  std::string(commands) + "]}");
  return path_ + "/" + file;
}

std::string MainModule() {
  ModuleBuilder builder;
  builder.Memory({.min = 1});
  builder.Export("memory", ExternKind::kMemory, 0);
  const uint32_t count = builder.Global({ValueType::kI32, true}, Code().I32(0));
  builder.Export("count", ExternKind::kGlobal, count);
  Functions functions(builder);
  const uint32_t add = functions.Add(
      "add", {ValueType::kI32, ValueType::kI32}, {ValueType::kI32},
      Code().LocalGet(0).LocalGet(1).Op(Opcode::kI32Add));
  functions.Add("nan", {}, {ValueType::kF32},
                Code().I32(0x7fc00001).Op(Opcode::kF32ReinterpretI32));
  functions.Add("pair", {}, {ValueType::kI32, ValueType::kI64},
                Code().I32(1).I64(2));
  functions.Add("same", {ValueType::ExternRef()}, {ValueType::ExternRef()},
                Code().LocalGet(0));
  AddTrapping(builder, functions);
  functions.Add("increment", {}, {},
                Code()
                    .Op(Opcode::kGlobalGet, count)
                    .I32(1)
                    .Op(Opcode::kI32Add)
                    .Op(Opcode::kGlobalSet, count));
  const uint32_t empty = builder.Type({}, {});
  const uint32_t table =
      builder.Table({ValueType::FuncRef(), {.min = 2, .max = 2}});
  builder.Elements(table, Code().I32(1), {add});
  functions.Add("indirect", {ValueType::kI32}, {},
                Code().LocalGet(0).Op(Opcode::kCallIndirect, empty, table));
  // Its own index: the builder counts up.
  const uint32_t recurse = builder.Function(empty, Code()) + 1;
  functions.Add("recurse", {}, {}, Code().Op(Opcode::kCall, recurse));
  return builder.Build();
}

std::string ImportingModule(std::string_view module, std::string_view name) {
  ModuleBuilder builder;
  builder.ImportFunction(module, name, builder.Type({}, {}));
  return builder.Build();
}

std::string TrappingModule() {
  ModuleBuilder builder;
  builder.Start(
      builder.Function(builder.Type({}, {}), Code().Op(Opcode::kUnreachable)));
  return builder.Build();
}

std::string InvalidModule() {
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {ValueType::kI32}), Code().I64(1));
  return builder.Build();
}

std::string MalformedModule() { return "asm\0"; }

std::string SpinningModule() {
  ModuleBuilder builder;
  Functions(builder).Add("spin", {}, {},
                         Code().Block(Opcode::kLoop).Op(Opcode::kBr, 0).End());
  return builder.Build();
}

std::string SharedMemoryModule() {
  ModuleBuilder builder;
  builder.Export("memory", ExternKind::kMemory, builder.Memory(kSharedLimits));
  return builder.Build();
}

std::string AtomicAddModule() {
  ModuleBuilder builder;
  builder.ImportMemory("shared", "memory", kSharedLimits);
  Functions(builder).Add(
      "add", {ValueType::kI32}, {ValueType::kI32},
      Code().I32(0).LocalGet(0).Op(Opcode::kI32AtomicRmwAdd));
  return builder.Build();
}

}  // namespace slipway::spec
