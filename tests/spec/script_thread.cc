#include "tests/spec/script_thread.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/trap.h"
#include "runtime/wasm/error.h"
#include "tests/spec/trap_text.h"

namespace slipway::spec {
namespace {

using engine::Instance;
using engine::Outcome;

// Of guest code; scripts that recurse without end use all of it.
constexpr size_t kStackSize = 8 << 20;  // bytes

Verdict Fail(const absl::Status& status) {
  return Verdict::Fail(std::string(status.message()));
}

bool IsUnlinkable(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status);
}

ExternMap ExportsOf(const Instance& instance) {
  ExternMap externs;
  for (const wasm::Export& entry : instance.module().exports) {
    externs.insert_or_assign(std::string(entry.name),
                             *instance.FindExport(entry.name));
  }
  return externs;
}

}  // namespace

ScriptThread::ScriptThread(const ScriptWorld& world) : world_(world) {
  registry_["spectest"] = world.spectest;
}

ScriptThread::~ScriptThread() {
  for (auto& [name, thread] : threads_) thread.join();
}

void ScriptThread::AddInstance(const std::string& name, Instance* instance) {
  instances_[name] = instance;
}

absl::Status ScriptThread::Run(const std::vector<Command>& commands) {
  auto thread =
      engine::Thread::Create(world_.store, {.stack_size = kStackSize});
  if (!thread.ok()) return thread.status();
  engine_thread_ = *std::move(thread);
  engine_thread_->Attach();
  for (const Command& command : commands) {
    world_.recorder.Begin(command);
    const Verdict verdict = Execute(command);
    switch (verdict.kind) {
      case Verdict::kPassed:
        world_.recorder.Passed(command);
        break;
      case Verdict::kFailed:
        world_.recorder.Failed(command, verdict.message);
        break;
      case Verdict::kSkipped:
        world_.recorder.Skipped(command, verdict.message);
        break;
    }
  }
  // Threads may use this one's instances, never its engine::Thread.
  engine_thread_.reset();
  return absl::OkStatus();
}

Verdict ScriptThread::Execute(const Command& command) {
  if (command.is_text && command.is_assertion()) {
    return Verdict::Skip("the text format is not read");
  }
  switch (command.type) {
    case CommandType::kModule:
      return RunModule(command);
    case CommandType::kModuleDefinition:
      return RunModuleDefinition(command);
    case CommandType::kModuleInstance:
      return RunModuleInstance(command);
    case CommandType::kRegister:
      return RunRegister(command);
    case CommandType::kAction:
      return RunAction(command);
    case CommandType::kAssertReturn:
      return AssertReturn(command);
    case CommandType::kAssertTrap:
    case CommandType::kAssertExhaustion:
      return AssertTrap(command);
    case CommandType::kAssertException:
      return AssertException(command);
    case CommandType::kAssertInvalid:
    case CommandType::kAssertMalformed:
      return AssertRejected(command);
    case CommandType::kAssertUnlinkable:
      return AssertUnlinkable(command);
    case CommandType::kAssertUninstantiable:
      return AssertUninstantiable(command);
    case CommandType::kThread:
      return StartThread(command);
    case CommandType::kWait:
      return WaitForThread(command);
    case CommandType::kUnsupported:
      break;
  }
  return Verdict::Fail(command.problem);
}

// --- Modules ---

absl::StatusOr<ScriptThread::Code> ScriptThread::Define(
    const Command& command) {
  if (command.is_text) {
    return absl::UnimplementedError("the text format is not read");
  }
  const auto code = world_.loader.Load(command.path);
  if (!code.ok()) return code.status();
  last_definition_ = *code;
  if (!command.name.empty()) definitions_[command.name] = *code;
  return code;
}

absl::StatusOr<Instance*> ScriptThread::Instantiate(
    const engine::CodeObject& code) {
  engine::Linker linker(world_.store);
  for (const wasm::Import& import : code.module().imports) {
    const auto module = registry_.find(std::string(import.module));
    if (module == registry_.end()) continue;
    const auto value = module->second.find(std::string(import.name));
    if (value == module->second.end()) continue;
    linker.Define(import.module, import.name, value->second);
  }
  return Instance::Create(*engine_thread_, code, linker);
}

Verdict ScriptThread::MakeCurrent(const std::string& name,
                                  const engine::CodeObject& code) {
  const auto instance = Instantiate(code);
  if (!instance.ok()) return Fail(instance.status());
  current_ = *instance;
  if (!name.empty()) instances_[name] = *instance;
  return Verdict::Pass();
}

Verdict ScriptThread::RunModule(const Command& command) {
  current_ = nullptr;  // actions do not fall back on an earlier module
  const auto code = Define(command);
  if (!code.ok()) return Fail(code.status());
  return MakeCurrent(command.name, **code);
}

Verdict ScriptThread::RunModuleDefinition(const Command& command) {
  const auto code = Define(command);
  return code.ok() ? Verdict::Pass() : Fail(code.status());
}

Verdict ScriptThread::RunModuleInstance(const Command& command) {
  current_ = nullptr;
  Code code = last_definition_;
  if (!command.module.empty()) {
    const auto at = definitions_.find(command.module);
    code = at == definitions_.end() ? nullptr : at->second;
  }
  if (code == nullptr) {
    return Verdict::Fail(absl::StrCat("no module ", command.module));
  }
  return MakeCurrent(command.name, *code);
}

Verdict ScriptThread::RunRegister(const Command& command) {
  const Instance* instance = FindInstance(command.name);
  if (instance == nullptr) {
    return Verdict::Fail(absl::StrCat("no instance ", command.name));
  }
  registry_[command.as] = ExportsOf(*instance);
  return Verdict::Pass();
}

Verdict ScriptThread::AssertRejected(const Command& command) {
  const absl::Status status = world_.loader.Validate(command.path);
  if (status.ok()) return Verdict::Fail("the module was accepted");
  if (!absl::IsInvalidArgument(status)) return Fail(status);
  const bool want_malformed = command.type == CommandType::kAssertMalformed;
  if (wasm::IsMalformed(status) == want_malformed) return Verdict::Pass();
  return Verdict::Fail(absl::StrCat(
      "the module was rejected as ", want_malformed ? "invalid" : "malformed",
      " (", status.message(), "), expected: ", command.text));
}

Verdict ScriptThread::AssertUnlinkable(const Command& command) {
  const auto code = world_.loader.Load(command.path);
  if (!code.ok()) return Fail(code.status());
  const auto instance = Instantiate(**code);
  if (instance.ok()) return Verdict::Fail("the module was linked");
  if (IsUnlinkable(instance.status()) &&
      instance.status().message().find(command.text) !=
          absl::string_view::npos) {
    return Verdict::Pass();
  }
  return Verdict::Fail(absl::StrCat("expected: ", command.text,
                                    ", got: ", instance.status().message()));
}

Verdict ScriptThread::AssertUninstantiable(const Command& command) {
  const auto code = world_.loader.Load(command.path);
  if (!code.ok()) return Fail(code.status());
  const auto instance = Instantiate(**code);
  if (instance.ok()) return Verdict::Fail("the module was instantiated");
  const auto trap = engine::InstantiationTrap(instance.status());
  if (trap && IsTrap(command.text, *trap)) return Verdict::Pass();
  return Verdict::Fail(absl::StrCat("expected: ", command.text,
                                    ", got: ", instance.status().message()));
}

// --- Actions ---

Instance* ScriptThread::FindInstance(const std::string& name) const {
  if (name.empty()) return current_;
  const auto at = instances_.find(name);
  return at == instances_.end() ? nullptr : at->second;
}

absl::StatusOr<ActionResult> ScriptThread::Perform(const Action& action) {
  const Instance* instance = FindInstance(action.module);
  if (instance == nullptr) {
    return absl::NotFoundError(absl::StrCat("no instance ", action.module));
  }
  auto result = spec::Perform(*engine_thread_, *instance, action);
  if (result.ok() && result->outcome.kind == Outcome::kException) {
    engine::ReleaseException(result->outcome.exception);
    result->outcome.exception = nullptr;
  }
  return result;
}

Verdict ScriptThread::RunAction(const Command& command) {
  const auto result = Perform(command.action);
  if (!result.ok()) return Fail(result.status());
  if (result->outcome.kind == Outcome::kReturned) return Verdict::Pass();
  return Verdict::Fail(absl::StrCat("it ", Describe(*result)));
}

Verdict ScriptThread::AssertReturn(const Command& command) {
  const auto result = Perform(command.action);
  if (!result.ok()) return Fail(result.status());
  const absl::Status status = CheckResults(*result, command.expected);
  return status.ok() ? Verdict::Pass() : Fail(status);
}

Verdict ScriptThread::AssertTrap(const Command& command) {
  const auto result = Perform(command.action);
  if (!result.ok()) return Fail(result.status());
  const Outcome& outcome = result->outcome;
  if (outcome.kind == Outcome::kTrapped &&
      IsTrap(command.text, outcome.trap->code)) {
    return Verdict::Pass();
  }
  return Verdict::Fail(absl::StrCat("expected the trap: ", command.text,
                                    ", but it ", Describe(*result)));
}

Verdict ScriptThread::AssertException(const Command& command) {
  const auto result = Perform(command.action);
  if (!result.ok()) return Fail(result.status());
  if (result->outcome.kind == Outcome::kException) return Verdict::Pass();
  return Verdict::Fail(
      absl::StrCat("expected an exception, but it ", Describe(*result)));
}

// --- Threads ---

Verdict ScriptThread::StartThread(const Command& command) {
  if (threads_.contains(command.name)) {
    return Verdict::Fail(absl::StrCat("there is a thread ", command.name));
  }
  Instance* shared = nullptr;
  if (!command.module.empty()) {
    shared = FindInstance(command.module);
    if (shared == nullptr) {
      return Verdict::Fail(absl::StrCat("no instance ", command.module));
    }
  }
  threads_[command.name] = std::thread([this, &command, shared] {
    ScriptThread thread(world_);
    if (shared != nullptr) thread.AddInstance(command.module, shared);
    const absl::Status status = thread.Run(command.commands);
    if (!status.ok()) {
      world_.recorder.Failed(command, std::string(status.message()));
    }
  });
  return Verdict::Pass();
}

Verdict ScriptThread::WaitForThread(const Command& command) {
  const auto at = threads_.find(command.name);
  if (at == threads_.end()) {
    return Verdict::Fail(absl::StrCat("no thread ", command.name));
  }
  at->second.join();
  threads_.erase(at);
  return Verdict::Pass();
}

}  // namespace slipway::spec
