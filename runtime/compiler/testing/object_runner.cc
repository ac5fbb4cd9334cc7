#include "runtime/compiler/testing/object_runner.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/compiler/module_compiler.h"
#include "runtime/object/type_hash.h"
#include "runtime/wasm/decoder.h"

namespace slipway::compiler {
namespace {

using object::FuncRef;
using object::InstanceContext;
using object::TrapCode;
using object::Value;

constexpr size_t kReservation =
    object::kGuardBelow + object::kMemory64Reservation + object::kGuardSize +
    object::kStrideSize + wasm::kPageSize;

[[noreturn]] void Fail(const std::string& message) {
  fprintf(stderr, "ObjectRunner: %s\n", message.c_str());
  abort();
}

wasm::Module DecodeOrFail(const std::string& bytes) {
  auto module = wasm::DecodeModule(wasm::AsBytes(bytes));
  if (!module.ok()) Fail(std::string(module.status().message()));
  return *std::move(module);
}

object::ContextLayout LayoutOf(const wasm::Module& m) {
  return object::ContextLayout(m.memories.size(), m.tables.size(),
                               m.imported_functions, m.imported_globals,
                               m.tags.size(), m.functions.size(),
                               m.globals.size() - m.imported_globals);
}

sigjmp_buf landing;
CallResult landed;

// `ud1 imm8(%eax), %eax`, with a 32-bit address prefix or without.
std::optional<TrapCode> DecodeTrap(const uint8_t* pc) {
  if (*pc == 0x67) ++pc;
  if (pc[0] != 0x0f || pc[1] != 0xb9) return std::nullopt;
  return static_cast<TrapCode>(pc[3]);
}

void OnFault(int signal, siginfo_t* info, void*) {
  landed = {};
  if (signal == SIGILL) {
    landed.trap = DecodeTrap(static_cast<const uint8_t*>(info->si_addr));
  }
  if (!landed.trap) landed.fault = reinterpret_cast<uintptr_t>(info->si_addr);
  siglongjmp(landing, 1);
}

// Handles faults while it lives, on a stack of its own.
class FaultScope {
 public:
  FaultScope() : stack_(1 << 16) {
    const stack_t stack = {
        .ss_sp = stack_.data(), .ss_flags = 0, .ss_size = stack_.size()};
    sigaltstack(&stack, &old_stack_);
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (size_t i = 0; i < std::size(kSignals); ++i) {
      sigaction(kSignals[i], &action, &old_actions_[i]);
    }
  }
  ~FaultScope() {
    for (size_t i = 0; i < std::size(kSignals); ++i) {
      sigaction(kSignals[i], &old_actions_[i], nullptr);
    }
    sigaltstack(&old_stack_, nullptr);
  }

 private:
  static constexpr int kSignals[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
  std::vector<char> stack_;
  stack_t old_stack_ = {};
  struct sigaction old_actions_[4];
};

uint64_t NoGrow(InstanceContext*, uint32_t, uint64_t) { return UINT64_MAX; }

}  // namespace

ObjectRunner::ObjectRunner(std::string module, Options options)
    : bytes_(std::move(module)),
      module_(DecodeOrFail(bytes_)),
      layout_(LayoutOf(module_)),
      globals_(module_.imported_globals),
      thread_(std::make_unique<object::ThreadState>()) {
  const char* directory = getenv("TEST_TMPDIR");
  std::string path =
      std::string(directory != nullptr ? directory : "/tmp") + "/objectXXXXXX";
  close(mkstemp(path.data()));
  const absl::Status status =
      CompileModule(wasm::AsBytes(bytes_), options, path);
  if (!status.ok()) Fail(std::string(status.message()));
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  unlink(path.c_str());
  if (library_ == nullptr) Fail(dlerror());
  header_ = static_cast<const object::ObjectHeader*>(
      dlsym(library_, "slipway_object"));
  runtime_.memory_grow = NoGrow;
  *static_cast<const object::RuntimeTable**>(
      dlsym(library_, "slipway_runtime")) = &runtime_;
  MapMemory();
  FillContext();
}

ObjectRunner::~ObjectRunner() {
  munmap(memory_ - object::kGuardBelow, kReservation);
  dlclose(library_);
}

template <typename T>
T* ObjectRunner::At(object::HeaderOffset offset) const {
  return reinterpret_cast<T*>(
      const_cast<char*>(reinterpret_cast<const char*>(header_)) + offset);
}

void ObjectRunner::MapMemory() {
  void* const at = mmap(nullptr, kReservation, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) Fail("cannot reserve memory");
  memory_ = static_cast<uint8_t*>(at) + object::kGuardBelow;
  mprotect(memory_, kMemorySize, PROT_READ | PROT_WRITE);
}

void ObjectRunner::FillContext() {
  context_.resize(layout_.size / sizeof(Value));
  char* const context = reinterpret_cast<char*>(context_.data());
  contexts_[0] = context;
  thread_->contexts = contexts_;
  *reinterpret_cast<InstanceContext*>(context) = {.memory0 = memory_,
                                                  .thread = thread_.get(),
                                                  .contexts = contexts_,
                                                  .instance = nullptr,
                                                  .instance_id = 0,
                                                  .reserved = 0,
                                                  .reserved2 = 0};
  auto* const memories =
      reinterpret_cast<object::MemoryRef*>(context + layout_.memories);
  for (size_t i = 0; i < module_.memories.size(); ++i) {
    memories[i] = {.base = memory_, .size = &memory_size_};
  }
  auto* const globals =
      reinterpret_cast<Value**>(context + layout_.global_imports);
  for (size_t i = 0; i < globals_.size(); ++i) globals[i] = &globals_[i];
  auto* const functions =
      reinterpret_cast<FuncRef**>(context + layout_.functions);
  for (uint32_t i = module_.imported_functions; i < module_.functions.size();
       ++i) {
    references_.push_back(std::make_unique<FuncRef>(MakeFuncRef(i)));
    functions[i] = references_.back().get();
  }
}

const uint8_t* ObjectRunner::code(uint32_t function) const {
  const uint32_t defined = function - module_.imported_functions;
  return At<const uint8_t>(
      At<const object::HeaderOffset>(header_->functions)[defined]);
}

FuncRef ObjectRunner::MakeFuncRef(uint32_t function) {
  return {.code = code(function),
          .type_hash = object::TypeHash(module_, module_.functions[function]),
          .instance = 0,
          .function_index = function,
          .reserved = 0};
}

void ObjectRunner::SetTable(
    const std::vector<std::optional<uint32_t>>& functions) {
  char* const context = reinterpret_cast<char*>(context_.data());
  table_.clear();
  for (std::optional<uint32_t> function : functions) {
    table_.push_back(function ? reinterpret_cast<FuncRef**>(
                                    context + layout_.functions)[*function]
                              : nullptr);
  }
  table_size_ = table_.size();
  *reinterpret_cast<object::TableRef*>(context + layout_.tables) = {
      .base = table_.data(), .size = &table_size_};
}

Value& ObjectRunner::own_global(uint32_t index) {
  return *reinterpret_cast<Value*>(reinterpret_cast<char*>(context_.data()) +
                                   layout_.globals + index * sizeof(Value));
}

CallResult ObjectRunner::Call(uint32_t function, std::span<Value> values) {
  const auto thunk = At<void(InstanceContext*, const void*, Value*)>(
      At<const object::HeaderOffset>(
          header_->entry_thunks)[module_.functions[function]]);
  const FaultScope scope;
  if (sigsetjmp(landing, 1) != 0) return landed;
  thunk(reinterpret_cast<InstanceContext*>(context_.data()), code(function),
        values.data());
  return {};
}

}  // namespace slipway::compiler
