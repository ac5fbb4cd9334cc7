#include "runtime/engine/store.h"

#include <atomic>

#include "runtime/engine/exception.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/thread.h"

namespace slipway::engine {

namespace {

std::atomic<uint64_t> last_serial = 0;

}  // namespace

Store::Store() : serial_(++last_serial) {}
Store::~Store() = default;

absl::StatusOr<uint32_t> Store::NextId() {
  if (!free_ids_.empty()) {
    const uint32_t id = free_ids_.back();
    free_ids_.pop_back();
    return id;
  }
  if (next_id_ == kMaxIds) {
    return absl::ResourceExhaustedError(
        "too many instances and host functions");
  }
  return next_id_++;
}

absl::StatusOr<HostFunctionDefinition*> Store::AddHostFunction(
    const wasm::FuncType& type, const void* handler, void* env) {
  if (type.results.size() > 1) {
    return absl::InvalidArgumentError("a host function has at most one result");
  }
  std::lock_guard lock(mutex_);
  const auto id = NextId();
  if (!id.ok()) return id.status();
  auto function = std::make_unique<HostFunctionDefinition>();
  function->type = type;
  function->type_hash = HashOf(type);
  function->handler = handler;
  function->env = env;
  function->ref.type_hash = function->type_hash;
  function->ref.instance = *id;
  host_functions_.push_back(std::move(function));
  for (Thread* thread : threads_) {
    thread->AddHostFunction(*host_functions_.back());
  }
  return host_functions_.back().get();
}

absl::StatusOr<GlobalExtern> Store::AddThreadGlobal(wasm::GlobalType type,
                                                    object::Value initial) {
  std::lock_guard lock(mutex_);
  if (thread_globals_.size() == kMaxHostGlobals) {
    return absl::ResourceExhaustedError("too many host globals");
  }
  const auto index = static_cast<uint32_t>(thread_globals_.size());
  thread_globals_.push_back(initial);
  for (Thread* thread : threads_) thread->SetHostGlobal(index, initial);
  return GlobalExtern{.value = MakeLinkType(type.value),
                      .is_mutable = type.is_mutable,
                      .index = index};
}

GlobalExtern Store::AddSharedGlobal(wasm::GlobalType type,
                                    object::Value initial) {
  std::lock_guard lock(mutex_);
  shared_globals_.push_back(std::make_unique<object::Value>(initial));
  return GlobalExtern{.value = MakeLinkType(type.value),
                      .is_mutable = type.is_mutable,
                      .cell = shared_globals_.back().get()};
}

}  // namespace slipway::engine
