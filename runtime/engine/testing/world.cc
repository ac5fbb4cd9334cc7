#include "runtime/engine/testing/world.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "runtime/engine/fault_handler.h"
#include "runtime/engine/value.h"

extern char** environ;

namespace slipway::engine {
namespace {

using object::Value;

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

void RunCompiler(const std::string& input, const std::string& output) {
  const char* program = "runtime/compiler/slipway-compiler";
  std::string arguments[] = {program, input, "-o", output};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                  arguments[3].data(), nullptr};
  pid_t child = 0;
  if (posix_spawn(&child, program, nullptr, nullptr, argv, environ) != 0) {
    Die("cannot run the compiler");
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) Die("the compiler failed on " + input);
}

}  // namespace

const CodeObject& CompileForTest(const std::string& module) {
  static int number = 0;
  const char* directory = std::getenv("TEST_TMPDIR");
  if (directory == nullptr) Die("TEST_TMPDIR is not set");
  const std::string stem =
      std::string(directory) + "/module-" + std::to_string(number++);
  std::ofstream(stem + ".wasm", std::ios::binary) << module;
  RunCompiler(stem + ".wasm", stem + ".so");
  const auto object = CodeObject::Load(stem + ".so");
  if (!object.ok()) Die(object.status().ToString());
  return **object;
}

CallResult CallOn(Thread& thread, const Instance& instance,
                  std::string_view function,
                  std::initializer_list<Value> arguments) {
  const object::FuncRef* ref = instance.FindFunction(function);
  if (ref == nullptr) Die("no function " + std::string(function));
  std::vector<Value> values(std::max<size_t>(arguments.size(), 16),
                            ZeroValue());
  std::copy(arguments.begin(), arguments.end(), values.begin());
  CallResult result;
  result.outcome = Invoke(thread, *ref, values);
  result.value = values[0];
  return result;
}

World::World() {
  if (!InstallFaultHandlers().ok()) Die("cannot install the fault handlers");
  auto created = Thread::Create(store, {.stack_size = 4 << 20});
  if (!created.ok()) Die(created.status().ToString());
  thread = *std::move(created);
  thread->Attach();
}

absl::StatusOr<Instance*> World::TryInstantiate(
    const wasm::ModuleBuilder& builder) {
  return Instance::Create(*thread, CompileForTest(builder.Build()), linker);
}

Instance& World::Instantiate(const wasm::ModuleBuilder& builder) {
  const auto instance = TryInstantiate(builder);
  if (!instance.ok()) Die(instance.status().ToString());
  return **instance;
}

}  // namespace slipway::engine
