// Compiles a module and runs its functions without the engine, for tests of
// code generation alone: a context made by hand, one memory, no imports, no
// exceptions. What needs more is tested in runtime/engine.
//
//   ObjectRunner runner(builder.Build());
//   Value value{.i64 = 5};
//   ASSERT_TRUE(runner.Call(function, {&value, 1}).ok());

#ifndef SLIPWAY_RUNTIME_COMPILER_TESTING_OBJECT_RUNNER_H_
#define SLIPWAY_RUNTIME_COMPILER_TESTING_OBJECT_RUNNER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/compiler/options.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/module.h"

namespace slipway::compiler {

// How a call ended: by returning, by an explicit trap, or by a fault.
struct CallResult {
  std::optional<object::TrapCode> trap;
  std::optional<uintptr_t> fault;  // address
  bool ok() const { return !trap && !fault; }
};

class ObjectRunner {
 public:
  static constexpr uint64_t kMemorySize = 4 * wasm::kPageSize;

  // Prints the reason and aborts when the module does not compile.
  explicit ObjectRunner(std::string module, Options options = {});
  ~ObjectRunner();
  ObjectRunner(const ObjectRunner&) = delete;
  ObjectRunner& operator=(const ObjectRunner&) = delete;

  // Calls a defined function; `values` as for an EntryThunk.
  CallResult Call(uint32_t function, std::span<object::Value> values);

  uint8_t* memory() { return memory_; }
  // Native code of a defined function.
  const uint8_t* code(uint32_t function) const;
  const object::ObjectHeader& header() const { return *header_; }
  // Makes table 0 of these functions; null for an empty optional.
  void SetTable(const std::vector<std::optional<uint32_t>>& functions);
  // Cells of imported globals.
  object::Value& imported_global(uint32_t index) { return globals_[index]; }
  object::Value& own_global(uint32_t index);

 private:
  template <typename T>
  T* At(object::HeaderOffset offset) const;
  object::FuncRef MakeFuncRef(uint32_t function);
  void MapMemory();
  void FillContext();

  const std::string bytes_;
  const wasm::Module module_;
  const object::ContextLayout layout_;
  void* library_ = nullptr;
  const object::ObjectHeader* header_ = nullptr;
  object::RuntimeTable runtime_ = {};
  uint8_t* memory_ = nullptr;
  uint64_t memory_size_ = kMemorySize;
  uint64_t table_size_ = 0;
  std::vector<object::FuncRef*> table_;
  std::vector<std::unique_ptr<object::FuncRef>> references_;
  std::vector<object::Value> globals_;
  std::unique_ptr<object::ThreadState> thread_;
  std::vector<object::Value> context_;
  void* contexts_[1];
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_TESTING_OBJECT_RUNNER_H_
