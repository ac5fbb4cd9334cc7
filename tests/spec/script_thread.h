// The state of one thread of a script, and what each command does with it. The
// script itself is the first thread; the `thread` command starts more, which
// see one instance of their parent's and otherwise start afresh.

#ifndef SLIPWAY_TESTS_SPEC_SCRIPT_THREAD_H_
#define SLIPWAY_TESTS_SPEC_SCRIPT_THREAD_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "tests/spec/executor.h"
#include "tests/spec/invocation.h"
#include "tests/spec/module_loader.h"
#include "tests/spec/script.h"
#include "tests/spec/spectest.h"

namespace slipway::spec {

// What the threads of a script share.
struct ScriptWorld {
  ModuleLoader& loader;
  Recorder& recorder;
  engine::Store& store;
  const ExternMap& spectest;
};

// What became of a command.
struct Verdict {
  enum Kind { kPassed, kFailed, kSkipped };
  Kind kind = kPassed;
  std::string message;

  static Verdict Pass() { return {}; }
  static Verdict Fail(std::string message) {
    return {kFailed, std::move(message)};
  }
  static Verdict Skip(std::string reason) {
    return {kSkipped, std::move(reason)};
  }
};

class ScriptThread {
 public:
  explicit ScriptThread(const ScriptWorld& world);
  // Waits for the threads that the script did not wait for.
  ~ScriptThread();
  ScriptThread(const ScriptThread&) = delete;
  ScriptThread& operator=(const ScriptThread&) = delete;

  void AddInstance(const std::string& name, engine::Instance* instance);
  // On the calling native thread, which must be the same for every call.
  absl::Status Run(const std::vector<Command>& commands);

 private:
  using Code = const engine::CodeObject*;

  Verdict Execute(const Command& command);
  Verdict RunModule(const Command& command);
  Verdict RunModuleDefinition(const Command& command);
  Verdict RunModuleInstance(const Command& command);
  Verdict RunRegister(const Command& command);
  Verdict RunAction(const Command& command);
  Verdict AssertReturn(const Command& command);
  // AssertTrap and AssertExhaustion.
  Verdict AssertTrap(const Command& command);
  Verdict AssertException(const Command& command);
  // AssertInvalid and AssertMalformed.
  Verdict AssertRejected(const Command& command);
  Verdict AssertUnlinkable(const Command& command);
  Verdict AssertUninstantiable(const Command& command);
  Verdict StartThread(const Command& command);
  Verdict WaitForThread(const Command& command);

  // The module of the command, compiled; binds its name.
  absl::StatusOr<Code> Define(const Command& command);
  absl::StatusOr<engine::Instance*> Instantiate(const engine::CodeObject& code);
  Verdict MakeCurrent(const std::string& name, const engine::CodeObject& code);
  // Null when there is none; the current one when `name` is empty.
  engine::Instance* FindInstance(const std::string& name) const;
  absl::StatusOr<ActionResult> Perform(const Action& action);

  const ScriptWorld world_;
  std::unique_ptr<engine::Thread> engine_thread_;
  std::map<std::string, Code> definitions_;
  Code last_definition_ = nullptr;
  std::map<std::string, engine::Instance*> instances_;
  engine::Instance* current_ = nullptr;
  std::map<std::string, ExternMap> registry_;
  std::map<std::string, std::thread> threads_;
};

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SCRIPT_THREAD_H_
