// A store with one attached thread, and modules compiled and instantiated in
// one call: what every end-to-end test of the engine starts with.
//
//   World world;
//   Instance& instance = world.Instantiate(builder);
//   EXPECT_EQ(world.Call(instance, "add", {I32(1), I32(2)}).value.i32, 3);

#ifndef SLIPWAY_RUNTIME_ENGINE_TESTING_WORLD_H_
#define SLIPWAY_RUNTIME_ENGINE_TESTING_WORLD_H_

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::engine {

// Runs the slipway-compiler of the test's runfiles on a module and loads the
// result. Ends the process with a message when that fails.
const CodeObject& CompileForTest(const std::string& module);

// How a call ended, and its first result.
struct CallResult {
  Outcome outcome;
  object::Value value;
  bool returned() const { return outcome.kind == Outcome::kReturned; }
  // Precondition: it trapped.
  object::TrapCode trap() const { return outcome.trap->code; }
  bool trapped() const { return outcome.kind == Outcome::kTrapped; }
};

CallResult CallOn(Thread& thread, const Instance& instance,
                  std::string_view function,
                  std::initializer_list<object::Value> arguments);

class World {
 public:
  World();

  Store store;
  Linker linker{store};
  std::unique_ptr<Thread> thread;

  absl::StatusOr<Instance*> TryInstantiate(const wasm::ModuleBuilder& builder);
  // Ends the process with the error's message when it cannot.
  Instance& Instantiate(const wasm::ModuleBuilder& builder);
  CallResult Call(const Instance& instance, std::string_view function,
                  std::initializer_list<object::Value> arguments = {}) {
    return CallOn(*thread, instance, function, arguments);
  }
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_TESTING_WORLD_H_
